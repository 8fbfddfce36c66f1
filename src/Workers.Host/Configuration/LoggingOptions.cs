using System.ComponentModel.DataAnnotations;

namespace Workers.Host.Configuration;

/// <summary><c>Workers:Logging</c>: the program's own log, on the console and in a file.</summary>
internal sealed class LoggingOptions
{
    /// <summary>Least level written: trace, debug, info, warn, error or none. Default <c>info</c>.</summary>
    [AllowedValues("trace", "debug", "info", "warn", "error", "none")]
    public string Level { get; set; } = "info";

    /// <summary>Console lines: <c>text</c>, <c>json</c>, or <c>auto</c>, which is JSON in containers without a terminal. Default <c>auto</c>.</summary>
    [AllowedValues("auto", "text", "json")]
    public string Format { get; set; } = "auto";

    /// <summary>File written besides the console; empty: none. Default <c>logs/app.log</c>, in containers none.</summary>
    public string File { get; set; } = "logs/app.log";

    /// <summary>Size at which the file is set aside as <c>.1</c>, an older one as <c>.2</c> and so on. Default 64 MiB.</summary>
    [Range(typeof(long), "65536", "68719476736")]
    public long MaxBytes { get; set; } = 64L << 20;

    /// <summary>Files kept, the current one included. Default 5.</summary>
    [Range(1, 100)]
    public int Files { get; set; } = 5;
}
