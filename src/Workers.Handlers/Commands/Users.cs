using Workers.Contracts.Commands;
using Workers.Contracts.Events;
using Workers.Domain;
using Workers.Engine.Commands;
using Workers.Engine.Options;

namespace Workers.Handlers.Commands;

internal sealed class Users(DomainOptions options)
{
    public const string EmailSpace = "email";

    public void Register(HandlerList handlers) => handlers
        .On<CreateUser>(User.Kind, Create)
        .On<UpdateUser>(User.Kind, Update)
        .On<DeleteUser>(User.Kind, Delete);

    private Reply Create(CreateUser command, CommandContext context)
    {
        var decision = UserRules.Decide(context.Load(Aggregates.User, command.UserId), command);
        return Taken(context, decision) ?? context.Do(Aggregates.User, command.UserId, command, decision, 201);
    }

    private Reply Update(UpdateUser command, CommandContext context)
    {
        var user = context.Load(Aggregates.User, command.UserId);
        var decision = UserRules.Decide(user, command);
        return context.Unexpected(Aggregates.User, command.UserId, command.ExpectedVersion)
            ?? Taken(context, decision, user?.Email)
            ?? context.Do(Aggregates.User, command.UserId, command, decision, 200);
    }

    private Reply Delete(DeleteUser command, CommandContext context)
    {
        var user = context.Load(Aggregates.User, command.UserId);
        var decision = UserRules.Decide(user, command);
        if (context.Unexpected(Aggregates.User, command.UserId, command.ExpectedVersion) is { } unexpected)
        {
            return unexpected;
        }

        if (options.Users.UniqueEmail && decision.Refusal is null && user?.Email is { } email)
        {
            context.Release(EmailSpace, Normal(email), command.UserId);
        }

        return context.Do(Aggregates.User, command.UserId, command, decision, 204);
    }

    /// <summary>Where e-mail is unique: claims the new address and frees the old one.</summary>
    private Reply? Taken(CommandContext context, Decision decision, string? before = null)
    {
        if (!options.Users.UniqueEmail || decision.Refusal is not null)
        {
            return null;
        }

        foreach (var (id, email) in decision.Events.Select(e => e switch
        {
            UserCreated c => (c.UserId, c.Email),
            UserUpdated u => (u.UserId, u.Email),
            _ => ("", null),
        }))
        {
            if (email is null || string.Equals(email, before, StringComparison.OrdinalIgnoreCase))
            {
                continue;
            }

            if (!context.Claim(EmailSpace, Normal(email), id))
            {
                return Reply.Refused("EMAIL_TAKEN", "Email is already taken", 409);
            }

            if (before is not null)
            {
                context.Release(EmailSpace, Normal(before), id);
            }
        }

        return null;
    }

    private static string Normal(string email) => email.Trim().ToLowerInvariant();
}
