using System.ComponentModel.DataAnnotations;
using Workers.Engine.Options;

namespace Workers.Host.Configuration;

/// <summary><c>Workers:Store</c>: state, sagas, outcomes, timers.</summary>
internal sealed class StoreOptions
{
    /// <summary>Default <c>sqlite</c>.</summary>
    [SectionValue]
    [AllowedValues("sqlite", "mysql")]
    public string Kind { get; set; } = "sqlite";
}

/// <summary><c>Workers:Audit</c>: audit trail and read models.</summary>
internal sealed class AuditOptions
{
    /// <summary>Default <c>sqlite</c>.</summary>
    [SectionValue]
    [AllowedValues("sqlite", "mongodb")]
    public string Kind { get; set; } = "sqlite";

    /// <summary>How many whole days (UTC) entries of the audit trail are kept; 0: for ever. Default 0.</summary>
    [Range(0, 36_500)]
    public int RetentionDays { get; set; }
}
