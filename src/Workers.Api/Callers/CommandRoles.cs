using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Workers.Api.Http;
using Workers.Contracts.Commands;
using Workers.Engine.Identity;
using Workers.Engine.Projections;

namespace Workers.Api.Callers;

/// <summary>Commands for which it is not enough that a caller may submit some: what an operator or an admin does at a door of its own, nobody else does as a command.</summary>
internal static class CommandRoles
{
    /// <summary>Why the caller may not send this command; null where it may. The audit trail is told where it is not for everybody who submits.</summary>
    public static Problem? Refuse(HttpContext http, object command)
    {
        var (caller, needed) = (Caller.Of(http), Of(command));
        if (!caller.Is(needed))
        {
            return Denied(http, $"{CommandCatalog.Of(command).Name} of this kind needs the role {Roles.Said(needed)}; {caller.Name} has {Roles.Said(caller.Roles, ", ")}");
        }

        if (needed != Role.Submitter)
        {
            http.RequestServices.GetRequiredService<AccessTrail>().Allowed(http, caller);
        }

        return null;
    }

    /// <summary>What others have sent is an operator's to take back.</summary>
    /// <exception cref="ProblemException">The command is another caller's.</exception>
    public static void RequireOwn(HttpContext http, CommandRow row)
    {
        if (Caller.Of(http) is var caller && !caller.Is(Role.Operator) && row.Caller != caller.Name)
        {
            throw new ProblemException(Denied(http, $"This command is another caller's: that needs the role {Roles.Said(Role.Operator)}"));
        }
    }

    private static Problem Denied(HttpContext http, string sentence)
    {
        var problem = CrossSite.Forbidden(sentence);
        http.RequestServices.GetRequiredService<AccessTrail>().Denied(http, Caller.Of(http), problem);
        return problem;
    }

    private static Role Of(object command) => command switch
    {
        IRefundDecision or UpdatePayment { Status: not null } => Role.Operator,
        RunSystemAction { Action: "pause_queue" or "resume_queue" or "reset_circuit_breaker" or "rebuild_projection" } => Role.Operator,
        RunSystemAction { Action: "cleanup" or "reset_metrics" or "warm_cache" } => Role.Admin,
        _ => Role.Submitter,
    };
}
