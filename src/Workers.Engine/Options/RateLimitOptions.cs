using System.ComponentModel.DataAnnotations;

namespace Workers.Engine.Options;

/// <summary><c>Workers:Api:RateLimit</c>: how many requests are served, <c>/health</c> and <c>/metrics</c> aside. A rate of 0 is no limit.</summary>
public sealed class RateLimitOptions
{
    /// <summary>Requests a second of one API key. Default 1,000.</summary>
    [Range(0, 1_000_000)]
    public int KeyRate { get; set; } = 1_000;

    /// <summary>Requests of one API key at once, after a pause. Default 2,000.</summary>
    [Range(1, 10_000_000)]
    public int KeyBurst { get; set; } = 2_000;

    /// <summary>Requests a second without a key from one address; of IPv6 its /64. Default 100.</summary>
    [Range(0, 1_000_000)]
    public int AddressRate { get; set; } = 100;

    /// <summary>Requests without a key from one address at once, after a pause. Default 200.</summary>
    [Range(1, 10_000_000)]
    public int AddressBurst { get; set; } = 200;

    /// <summary>Whether callers are limited who are let in without a key: on this machine, and by <see cref="ApiOptions.Anonymous"/>. Default false.</summary>
    public bool Anonymous { get; set; }
}
