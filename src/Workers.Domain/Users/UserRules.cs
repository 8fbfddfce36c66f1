using Workers.Contracts.Commands;
using Workers.Contracts.Events;

namespace Workers.Domain;

/// <summary>What may be done with a user. That an e-mail is unique, where it must be, is the store's to see.</summary>
public static class UserRules
{
    private const string What = "User";

    public static Decision Decide(User? state, CreateUser command) => state is not null
        ? Refusal.AlreadyExists(What)
        : Decision.Of(new UserCreated
        {
            UserId = command.UserId,
            Name = command.Data?.Name,
            Email = command.Data?.Email,
            Age = command.Data?.Age,
            Username = command.Data?.Username,
            Attributes = command.Data?.Attributes,
            More = command.Data?.More,
            Metadata = command.Metadata,
        });

    public static Decision Decide(User? state, UpdateUser command) => state.Alive() is null
        ? Refusal.NotFound(What)
        : Decision.Of(new UserUpdated
        {
            UserId = command.UserId,
            Name = command.Data?.Name,
            Email = command.Data?.Email,
            Age = command.Data?.Age,
            Username = command.Data?.Username,
            Attributes = command.Data?.Attributes,
            More = command.Data?.More,
            Metadata = command.Metadata,
            Cleared = command.Clear,
        });

    public static Decision Decide(User? state, DeleteUser command) => state.Alive() is null
        ? Refusal.NotFound(What)
        : Decision.Of(new UserDeleted { UserId = command.UserId, Reason = command.Reason });

    /// <summary>The undo of a delete.</summary>
    public static Decision Restore(User? state) => state switch
    {
        null => Refusal.NotFound(What),
        { Deleted: false } => Refusal.InvalidState("User is not deleted"),
        _ => Decision.Of(new UserRestored { UserId = state.UserId }),
    };
}
