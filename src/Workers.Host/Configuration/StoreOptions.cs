using System.ComponentModel.DataAnnotations;
using Workers.Engine.Options;

namespace Workers.Host.Configuration;

/// <summary><c>Workers:Store</c>: state, sagas, outcomes, timers.</summary>
internal sealed class StoreOptions
{
    /// <summary>Default <c>sqlite</c>.</summary>
    [SectionValue]
    [AllowedValues("sqlite")]
    public string Kind { get; set; } = "sqlite";
}

/// <summary><c>Workers:Audit</c>: audit trail and read models.</summary>
internal sealed class AuditOptions
{
    /// <summary>Default <c>sqlite</c>.</summary>
    [SectionValue]
    [AllowedValues("sqlite")]
    public string Kind { get; set; } = "sqlite";
}

/// <summary><c>Workers:Cache</c>: answers of queries.</summary>
internal sealed class CacheOptions
{
    /// <summary>Default <c>memory</c>.</summary>
    [SectionValue]
    [AllowedValues("memory")]
    public string Kind { get; set; } = "memory";

    /// <summary>How long an answer is given again. Default 10 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "7.00:00:00")]
    public TimeSpan Ttl { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Answers kept, of each type of query. Default 100,000.</summary>
    [Range(1, 100_000_000)]
    public int Entries { get; set; } = 100_000;
}
