using System.Text.Json;
using Workers.Contracts.Commands;

namespace Workers.Api.Descriptions;

/// <summary>An entry of the audit trail.</summary>
internal sealed record AuditShape
{
    public required Guid Id { get; init; }

    public required DateTimeOffset At { get; init; }

    public required string EntityType { get; init; }

    public required string EntityId { get; init; }

    public required string Action { get; init; }

    /// <summary>The command's or the event's name.</summary>
    public required string Type { get; init; }

    public string? Kind { get; init; }

    public Guid? CommandId { get; init; }

    public string? UserId { get; init; }

    /// <summary>Who did it.</summary>
    public required string Actor { get; init; }

    public string? IpAddress { get; init; }

    public string? UserAgent { get; init; }

    public JsonElement? Changes { get; init; }

    public string? Reason { get; init; }

    public string? Outcome { get; init; }

    /// <summary>Of this entry and the one before it, SHA-256 in hexadecimal.</summary>
    public string? Hash { get; init; }
}

/// <summary>Entries that are searched for.</summary>
internal sealed record AuditFilters : Times
{
    /// <summary>A command's name, or a kind.</summary>
    public string? Type { get; init; }

    public string? EntityType { get; init; }

    public string? EntityId { get; init; }

    /// <summary>The same as `entity_id`.</summary>
    public string? Key { get; init; }

    public string? UserId { get; init; }

    public Guid? CommandId { get; init; }

    /// <summary>All entries as a file, the oldest first, in place of a page; `Accept` with `application/x-ndjson` or `text/csv` asks for the same.</summary>
    [OneOf("json", "ndjson", "csv")]
    public string? Format { get; init; }
}
