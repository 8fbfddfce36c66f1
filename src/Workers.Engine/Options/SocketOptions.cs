using System.ComponentModel.DataAnnotations;

namespace Workers.Engine.Options;

/// <summary><c>Workers:WebSocket</c>: live events at <c>/ws</c>.</summary>
public sealed class SocketOptions
{
    /// <summary>Frames that wait for a client; one that has more waiting is dropped with 1013. Default 1,000.</summary>
    [Range(1, 1_000_000)]
    public int Buffer { get; set; } = 1_000;

    /// <summary>Connections of one <c>user_id</c> at once; a further one is 429. Default 100.</summary>
    [Range(1, 1_000_000)]
    public int MaxPerUser { get; set; } = 100;

    /// <summary>Connections of this process at once, and beside them streams of feeds and timelines, and pages of the console that are kept new; a further one is 503. Default 10,000.</summary>
    [Range(1, 1_000_000)]
    public int MaxClients { get; set; } = 10_000;

    /// <summary>How often a client is pinged; one that does not answer in that time is gone. Default 20 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan Ping { get; set; } = TimeSpan.FromSeconds(20);
}
