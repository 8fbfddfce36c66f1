using Workers.Contracts.Commands;
using Workers.Domain;
using Workers.Domain.Views;
using Workers.Engine.Commands;

namespace Workers.Handlers.Commands;

/// <summary>Decide, then do: what every handler does with what a rule decided.</summary>
internal static class Deciding
{
    /// <summary>
    /// Appends the decided events and answers as the documents say; a refusal answers with its sentence, after what is told all the same.
    /// </summary>
    /// <param name="status">HTTP status of success; at 204 the body is for who prefers to get one.</param>
    public static Reply Do<T>(this CommandContext context, AggregateType<T> type, string id, ICommand command, Decision decision, int status)
        where T : class
    {
        var repository = context.Work.GetRepository(type);
        var state = decision.Refusal is null && status == 204 ? repository.Delete(id, decision.Events)
            : repository.Exists(id) ? repository.Update(id, decision.Events)
            : repository.Create(id, decision.Events);
        return decision.Refusal is { } refusal
            ? Reply.Refused(refusal.Code, refusal.Message, refusal.Status)
            : Reply.Ok(context.Answer(command, state, repository.VersionOf(id)), status);
    }

    /// <summary>Publishes what was decided by a command without state.</summary>
    public static Reply Do(this CommandContext context, ICommand command, Decision decision, int status)
    {
        foreach (var happened in decision.Events)
        {
            context.Announce(happened);
        }

        return decision.Refusal is { } refusal
            ? Reply.Refused(refusal.Code, refusal.Message, refusal.Status)
            : Reply.Ok(context.Answer(command, null, 0), status);
    }

    /// <summary>Null where the version is as the caller expects it: <c>If-Match</c> (412) or <c>expected_version</c> (409).</summary>
    public static Reply? Unexpected<T>(this CommandContext context, AggregateType<T> type, string id, long? expected)
        where T : class
    {
        var actual = context.Work.GetRepository(type).VersionOf(id);
        if (actual == 0)
        {
            return null;
        }

        if (context.ExpectedVersion is { } match && match != actual)
        {
            return Reply.Refused("PRECONDITION_FAILED", $"Expected version {match}, found {actual}", 412);
        }

        return Refusal.OfVersion(expected, actual) is { } refusal ? Reply.Refused(refusal.Code, refusal.Message, refusal.Status) : null;
    }

    private static byte[] Answer(this CommandContext context, ICommand command, object? state, long version) => context.Write(
        (command, state, version, context.CommandId),
        static (a, json) => CommandAnswer.Write(json, a.command, a.state, a.version, a.CommandId));
}
