using Workers.Contracts.Commands;
using Workers.Domain;
using Workers.Engine.Commands;
using Workers.Engine.Options;
using Workers.Handlers.Repositories;

namespace Workers.Handlers.Commands;

internal sealed class Users(DomainOptions options)
{
    public const string EmailSpace = "email";

    public void Register(HandlerList handlers) => handlers
        .On<CreateUser>(User.Kind, Create)
        .On<UpdateUser>(User.Kind, Update)
        .On<DeleteUser>(User.Kind, Delete);

    /// <summary>Where e-mail is unique: the address that a user has after the decision is theirs, the one before is free again.</summary>
    internal Reply? Keep(CommandContext context, string userId, User? before, Decision decision)
    {
        if (!options.Users.UniqueEmail || decision.Refusal is not null)
        {
            return null;
        }

        var (old, email) = (Email(before), Email(Fold.Of(before, decision.Events, context.Now)));
        if (string.Equals(old, email, StringComparison.Ordinal))
        {
            return null;
        }

        if (email is not null && !context.Claim(EmailSpace, email, userId))
        {
            return Reply.Refused("EMAIL_TAKEN", "Email is already taken", 409);
        }

        if (old is not null)
        {
            context.Release(EmailSpace, old, userId);
        }

        return null;
    }

    private Reply Create(CreateUser command, CommandContext context) => Change(context, command, command.UserId, null, user => UserRules.Decide(user, command), 201);

    private Reply Update(UpdateUser command, CommandContext context) =>
        Change(context, command, command.UserId, command.ExpectedVersion, user => UserRules.Decide(user, command), 200);

    private Reply Delete(DeleteUser command, CommandContext context) =>
        Change(context, command, command.UserId, command.ExpectedVersion, user => UserRules.Decide(user, command), 204);

    private Reply Change(CommandContext context, ICommand command, string userId, long? expected, Func<User?, Decision> decide, int status)
    {
        var user = context.Work.GetUserRepository().GetById(userId);
        var decision = decide(user);
        return (command is CreateUser ? null : context.Unexpected(Aggregates.User, userId, expected))
            ?? Keep(context, userId, user, decision)
            ?? context.Do(Aggregates.User, userId, command, decision, status);
    }

    private static string? Email(User? user) => user is { Deleted: false, Email: { } email } ? Normal(email) : null;

    private static string Normal(string email) => email.Trim().ToLowerInvariant();
}
