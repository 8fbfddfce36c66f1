using Workers.Contracts.Commands;
using Workers.Contracts.Reading;

namespace Workers.Api.Doors;

/// <summary>What distinguishes one door from another.</summary>
/// <param name="Door">How commands say where they came in.</param>
/// <param name="Route">Method and route: the scope of an <c>Idempotency-Key</c> at resource doors.</param>
internal sealed record DoorRoute(string Door, string Route)
{
    /// <summary>The only command that it takes; null where the body says which.</summary>
    public CommandInfo? Command { get; init; }

    /// <summary>The names of commands that it takes; null for all.</summary>
    public Func<IReadOnlyCollection<string>>? Supported { get; init; }

    /// <summary>Rules of this door beside the commands' own; null for none.</summary>
    public DoorRules? Rules { get; init; }

    /// <summary>Answers 202 unless the caller prefers to wait.</summary>
    public bool RespondsAsync { get; init; }

    /// <summary>A door of resources: <c>If-Match</c>, <c>ETag</c>, document 003's forms.</summary>
    public bool IsResource => Command is not null;

    /// <summary>Under this path the new resource lies: success is 201 with <c>Location</c>.</summary>
    public string? Creates { get; init; }

    /// <summary>Success is 204.</summary>
    public bool Deletes { get; init; }
}
