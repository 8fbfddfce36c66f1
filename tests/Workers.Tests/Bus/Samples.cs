using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Workers.Bus;

namespace Workers.Tests.Bus;

public sealed record CreateUser([Range(1, int.MaxValue)] int Id, [Required, StringLength(50, MinimumLength = 3)] string Username)
    : ICommand<CreateUser, User>;

public sealed record DeleteUser(int Id) : ICommand<DeleteUser, bool>;

public sealed record GetUser(int Id) : IQuery<GetUser, User?>;

public sealed record User(int Id, string Username);

/// <summary>Its own constructor throws.</summary>
public sealed record Picky(int Id) : ICommand<Picky, bool>
{
    public int Id { get; } = Id > 0 ? Id : throw new ArgumentOutOfRangeException(nameof(Id));
}

[JsonSerializable(typeof(CreateUser))]
[JsonSerializable(typeof(GetUser))]
[JsonSerializable(typeof(Picky))]
[JsonSerializable(typeof(User))]
[JsonSerializable(typeof(bool))]
internal sealed partial class SampleJson : JsonSerializerContext;
