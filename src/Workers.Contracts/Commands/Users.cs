using System.Text.Json;
using System.Text.Json.Serialization;

namespace Workers.Contracts.Commands;

/// <summary>The open data of a user: the named members and any others a caller wants kept.</summary>
public sealed record UserData
{
    [Length(2, 100)]
    public string? Name { get; init; }

    [Email]
    public string? Email { get; init; }

    [Between(18, 120)]
    public int? Age { get; init; }

    [Length(1, 100)]
    public string? Username { get; init; }

    [Open]
    public Dictionary<string, JsonElement>? Attributes { get; init; }

    /// <summary>All other members. Settable because the JSON reader demands it.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? More { get; set; }
}

[Command(Kind.User, "create", "user", Undoable = true)]
public sealed record CreateUser : ICommand
{
    [Key(Made = true)]
    public string UserId { get; init => field = value ?? ""; } = "";

    [Part(Flat = true, Needs = ["name", "email"])]
    public UserData? Data { get; init; }

    [Metadata]
    public Dictionary<string, string>? Metadata { get; init; }
}

/// <summary>Members given in <see cref="Data"/> replace, absent ones stay, those named in <see cref="Clear"/> are removed.</summary>
[Command(Kind.User, "update", "user", Undoable = true)]
public sealed record UpdateUser : ICommand, IVersioned, IChecked
{
    [Key]
    public string UserId { get; init => field = value ?? ""; } = "";

    [Part(Flat = true)]
    public UserData? Data { get; init; }

    /// <summary>Members to remove; a null in a request's body is read as its name here.</summary>
    [Clears]
    public IReadOnlyList<string>? Clear { get; init; }

    [AtLeast("1")]
    public long? ExpectedVersion { get; init; }

    [Metadata]
    public Dictionary<string, string>? Metadata { get; init; }

    void IChecked.Check(Violations violations)
    {
        violations.Something(Data is not null || Metadata is not null, Clear);
        violations.Kept(Clear, "name", "email");
    }
}

[Command(Kind.User, "delete", "user", Undoable = true)]
public sealed record DeleteUser : ICommand, IVersioned
{
    [Key]
    public string UserId { get; init => field = value ?? ""; } = "";

    [Length(1, 1000)]
    public string? Reason { get; init; }

    [AtLeast("1")]
    public long? ExpectedVersion { get; init; }

    [Metadata]
    public Dictionary<string, string>? Metadata { get; init; }
}
