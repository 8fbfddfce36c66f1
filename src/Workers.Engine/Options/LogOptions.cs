using System.ComponentModel.DataAnnotations;

namespace Workers.Engine.Options;

/// <summary><c>Workers:Log</c>: the durable log.</summary>
public sealed class LogOptions
{
    /// <summary>What keeps the log. Default <c>sqlite</c>.</summary>
    [SectionValue]
    [AllowedValues("sqlite", "kafka")]
    public string Kind { get; set; } = "sqlite";

    /// <summary>Partitions of each topic when the log is made; later <c>partitions --to</c> gives it more. Default 4.</summary>
    [Range(1, 64)]
    public int Partitions { get; set; } = 4;

    /// <summary>How long records stay at least, once every group has read them. Default 7 days.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "3650.00:00:00")]
    public TimeSpan Retention { get; set; } = TimeSpan.FromDays(7);

    /// <summary>Size above which the oldest read records go before their time. Default 10 GiB.</summary>
    [Range(typeof(long), "16777216", "1125899906842624")]
    public long MaxBytes { get; set; } = 10L << 30;
}
