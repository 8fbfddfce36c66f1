using Workers.Contracts.Commands;

namespace Workers.Contracts.Reading;

/// <summary>Makes the key of a command that came without one, derived from the caller's key where there is one.</summary>
/// <param name="command">Which command it is.</param>
/// <param name="commandId">The body's own <c>command_id</c>; null where it has none.</param>
public delegate string KeyMaker(CommandInfo command, string? commandId);

/// <summary>What a door says of a request beside its body. One instance a route or door may be kept and varied with <c>with</c>.</summary>
public sealed record ReadRequest
{
    /// <summary>The route's command; the body is then its members alone.</summary>
    public CommandInfo? Command { get; init; }

    /// <summary>A name or kind said outside the body (a header); a dotted prefix is ignored.</summary>
    public string? Said { get; init; }

    /// <summary>The id in the path.</summary>
    public string? Key { get; init; }

    /// <summary>What <see cref="Key"/> is called where the body says another one.</summary>
    public string KeyName { get; init; } = "the id in the path";

    /// <summary>A reason in the query or a header; the body's own comes first.</summary>
    public string? Reason { get; init; }

    /// <summary>A version expected outside the body.</summary>
    public long? ExpectedVersion { get; init; }

    /// <summary>A resource route, such as <c>POST /api/v1/orders</c>: orders follow document 003, and null clears.</summary>
    public bool IsResource { get; init; }

    /// <summary>The names that this door takes; null for all.</summary>
    public IReadOnlyCollection<string>? Supported { get; init; }

    /// <summary>Rules of this door alone; null for none.</summary>
    public DoorRules? Rules { get; init; }

    public required KeyMaker MakeKey { get; init; }
}
