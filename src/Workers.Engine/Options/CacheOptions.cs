using System.ComponentModel.DataAnnotations;

namespace Workers.Engine.Options;

/// <summary><c>Workers:Cache</c>: where users, payments, orders and products that were read by id are kept for the next reader.</summary>
public sealed class CacheOptions
{
    public const string Redis = "redis";

    /// <summary><c>memory</c>: of this process, used where it is the only one. <c>redis</c>: shared, with the rate limits. Default <c>memory</c>.</summary>
    [SectionValue]
    [AllowedValues("memory", Redis)]
    public string Kind { get; set; } = "memory";

    /// <summary>How long an entry stays at most. Default 10 min.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "7.00:00:00")]
    public TimeSpan Ttl { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Entries in memory; above it the one that was not read for longest goes. Default 100,000.</summary>
    [Range(1, 10_000_000)]
    public int MaxEntries { get; set; } = 100_000;

    /// <summary>Bytes of entries in memory, with the same rule. Default 128 MiB.</summary>
    [Range(typeof(long), "1048576", "68719476736")]
    public long MaxBytes { get; set; } = 128L << 20;
}
