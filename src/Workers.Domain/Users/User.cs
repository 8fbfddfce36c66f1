using System.Text.Json;
using Workers.Contracts.Events;

namespace Workers.Domain;

/// <summary>A user as the events made it.</summary>
public sealed record User : IEntity<User>
{
    public static string Kind => "user";

    public required string UserId { get; init; }

    public string? Name { get; init; }

    public string? Email { get; init; }

    public int? Age { get; init; }

    public string? Username { get; init; }

    public Dictionary<string, JsonElement>? Attributes { get; init; }

    /// <summary>Further members that the caller sent; never changed in place.</summary>
    public Dictionary<string, JsonElement>? More { get; init; }

    public Dictionary<string, string>? Metadata { get; init; }

    public bool Deleted { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; init; }

    public static User? Apply(User? state, IDomainEvent happened, DateTimeOffset at) => (happened, state) switch
    {
        (UserCreated e, _) => new User
        {
            UserId = e.UserId,
            Name = e.Name,
            Email = e.Email,
            Age = e.Age,
            Username = e.Username,
            Attributes = e.Attributes,
            More = e.More,
            Metadata = e.Metadata,
            CreatedAt = at,
            UpdatedAt = at,
        },
        (UserUpdated e, not null) => Updated(state, e) with { UpdatedAt = at },
        (UserDeleted, not null) => state with { Deleted = true, UpdatedAt = at },
        (UserRestored, not null) => state with { Deleted = false, UpdatedAt = at },
        _ => state,
    };

    private static User Updated(User state, UserUpdated e) => state with
    {
        Name = e.Name ?? state.Name,
        Email = e.Email ?? state.Email,
        Age = e.Cleared.Has("age") ? null : e.Age ?? state.Age,
        Username = e.Cleared.Has("username") ? null : e.Username ?? state.Username,
        Attributes = e.Cleared.Has("attributes") ? null : e.Attributes ?? state.Attributes,
        Metadata = e.Cleared.Has("metadata") ? null : e.Metadata ?? state.Metadata,
        More = Merged(state.More, e.More, e.Cleared),
    };

    private static Dictionary<string, JsonElement>? Merged(
        Dictionary<string, JsonElement>? before, Dictionary<string, JsonElement>? given, IReadOnlyList<string>? cleared)
    {
        if (given is null && cleared is null)
        {
            return before;
        }

        var merged = before is null ? new Dictionary<string, JsonElement>(StringComparer.Ordinal) : new(before, StringComparer.Ordinal);
        foreach (var (name, value) in given ?? [])
        {
            merged[name] = value;
        }

        foreach (var name in cleared ?? [])
        {
            merged.Remove(name);
        }

        return merged.Count == 0 ? null : merged;
    }
}
