using System.Collections.Concurrent;
using System.ComponentModel.DataAnnotations;
using Workers.Bus;

namespace Workers.Examples;

// A command names itself and its result; attributes on its members are its rules.
public sealed record CreateUser(
    [Range(1, int.MaxValue)] int UserId,
    [Required, StringLength(50, MinimumLength = 3)] string Username,
    [Required, EmailAddress] string Email) : ICommand<CreateUser, User>;

public sealed record UpdateUser(int UserId, [Required, EmailAddress] string Email) : ICommand<UpdateUser, User>;

public sealed record DeleteUser(int UserId) : ICommand<DeleteUser, bool>;

public sealed record GetUser(int UserId) : IQuery<GetUser, User>;

public sealed record ListUsers : IQuery<ListUsers, IReadOnlyList<User>>;

public sealed record SearchUsers(string Text) : IQuery<SearchUsers, IReadOnlyList<User>>;

public sealed record User(int Id, string Username, string Email, DateTimeOffset Created);

// A handler is a method: of a class that holds what it needs, or a lambda.
public sealed class CreateUserHandler
{
    public ValueTask<User> Handle(CreateUser command, CancellationToken cancellation) =>
        new(new User(command.UserId, command.Username, command.Email, TimeProvider.System.GetUtcNow()));
}

/// <summary>Users in memory, for the larger examples.</summary>
internal sealed class UserStore
{
    private readonly ConcurrentDictionary<int, User> _users = new();

    /// <summary>How often it was read; a cache in front of it keeps this low.</summary>
    public int Reads { get; private set; }

    public ValueTask<User> Create(CreateUser command, CancellationToken cancellation)
    {
        var user = new User(command.UserId, command.Username, command.Email, TimeProvider.System.GetUtcNow());
        return _users.TryAdd(user.Id, user) ? new(user) : throw new InvalidOperationException($"user {user.Id} exists");
    }

    public ValueTask<User> Update(UpdateUser command, CancellationToken cancellation) =>
        new(_users[command.UserId] = Find(command.UserId) with { Email = command.Email });

    public ValueTask<bool> Delete(DeleteUser command, CancellationToken cancellation) => new(_users.TryRemove(command.UserId, out _));

    public ValueTask<User> Get(GetUser query, CancellationToken cancellation)
    {
        Reads++;
        return new(Find(query.UserId));
    }

    public ValueTask<IReadOnlyList<User>> List(ListUsers query, CancellationToken cancellation) => new([.. _users.Values.OrderBy(u => u.Id)]);

    public ValueTask<IReadOnlyList<User>> Search(SearchUsers query, CancellationToken cancellation) =>
        new([.. _users.Values.Where(u => u.Username.Contains(query.Text, StringComparison.OrdinalIgnoreCase)).OrderBy(u => u.Id)]);

    private User Find(int id) => _users.TryGetValue(id, out var user) ? user : throw new KeyNotFoundException($"there is no user {id}");
}
