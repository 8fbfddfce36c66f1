using System.ComponentModel.DataAnnotations;

namespace Workers.Engine.Options;

/// <summary><c>Workers:Gateways:{name}</c>: one payment gateway that payments may name.</summary>
public sealed class GatewayOptions
{
    /// <summary><c>simulated</c> or <c>http</c>; empty: <c>http</c> where there is a <see cref="Url"/>. Default empty.</summary>
    [AllowedValues("", "simulated", "http")]
    public string Kind { get; set; } = "";

    /// <summary>Where an <c>http</c> gateway is. Default empty.</summary>
    public string Url { get; set; } = "";

    /// <summary>Sent to an <c>http</c> gateway as bearer token; empty: none. Default empty.</summary>
    [Secret]
    public string Secret { get; set; } = "";

    /// <summary>How long a call may take. Default 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:10:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Milliseconds that a simulated answer takes. Default 0.</summary>
    [Range(0, 600_000)]
    public int LatencyMs { get; set; }

    /// <summary>What <see cref="Kind"/> comes to.</summary>
    public bool IsHttp => Kind == "http" || (Kind.Length == 0 && Url.Length > 0);
}
