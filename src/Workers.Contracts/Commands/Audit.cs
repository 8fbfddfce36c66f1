using System.Text.Json;

namespace Workers.Contracts.Commands;

/// <summary>Writes an entry into the audit trail. Its <see cref="Action"/> is the audited one.</summary>
[Command(Kind.Audit, "record", "audit")]
public sealed record RecordAudit : ICommand
{
    [Required, Length(1, 100)]
    public string EntityType { get; init => field = value ?? ""; } = "";

    [Key]
    public string EntityId { get; init => field = value ?? ""; } = "";

    [Required, Length(1, 100)]
    public string Action { get; init => field = value ?? ""; } = "";

    [Open]
    public Dictionary<string, JsonElement>? Changes { get; init; }

    [Id]
    public string? UserId { get; init; }

    [Length(0, 100)]
    public string? IpAddress { get; init; }

    [Length(0, 1000)]
    public string? UserAgent { get; init; }

    [Metadata]
    public Dictionary<string, string>? Metadata { get; init; }
}
