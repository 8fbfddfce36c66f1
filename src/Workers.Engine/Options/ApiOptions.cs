using System.ComponentModel.DataAnnotations;

namespace Workers.Engine.Options;

/// <summary><c>Workers:Api</c>: the HTTP door.</summary>
public sealed class ApiOptions
{
    /// <summary>How long a write waits for its outcome before it answers 202. Default 10 s, at most the write timeout − 5 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan Wait { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a request's headers and body may take to arrive. Default 30 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan ReadTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long an answer may take, live streams aside. Default 30 s.</summary>
    [Range(typeof(TimeSpan), "00:00:06", "01:00:00")]
    public TimeSpan WriteTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a connection stays open without a request. Default 120 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromSeconds(120);

    /// <summary>A longer body is 413. Default 1 MiB.</summary>
    [Range(typeof(long), "1024", "16777216")]
    public long MaxBodyBytes { get; set; } = 1 << 20;

    /// <summary>
    /// Role of callers without a key on other machines. Default none: only this machine is served. <c>admin</c> lets whoever reaches the address do
    /// everything: for development behind a port that only this machine reaches.
    /// </summary>
    [AllowedValues("", "admin")]
    public string Anonymous { get; set; } = "";

    /// <summary>One line a request in the log: method, route, status, milliseconds, trace id. Default true.</summary>
    public bool AccessLog { get; set; } = true;

    public RateLimitOptions RateLimit { get; set; } = new();

    /// <summary>The longest wait a caller may ask for.</summary>
    public TimeSpan MaxWait => WriteTimeout - TimeSpan.FromSeconds(5);
}
