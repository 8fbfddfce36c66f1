using System.Text;
using Workers.Contracts.Commands;
using Workers.Contracts.Effects;
using Workers.Contracts.Headers;
using Workers.Engine.Commands;
using Workers.Engine.Log;
using Workers.Engine.Session;

namespace Workers.Engine.Control;

/// <summary>Commands that a registered handler executes, or that nobody executes any more, as the commands group has them.</summary>
internal static class OutsideHandlers
{
    private static readonly CommandInfo Custom = CommandCatalog.Of<CustomCommand>();

    /// <summary>
    /// Who has the record's command; null: the handler that is compiled in. The platform's own commands are always executed here, as are those that a flow
    /// sends: it goes on with the events of ours.
    /// </summary>
    public static NamedHandler? Of(LogRecord record, BatchSession session)
    {
        var handlers = session.Control.Handlers;
        if (handlers.IsEmpty || record.Headers.Get(HeaderName.Type) is not { } type || handlers.Of(type) is not { } handler)
        {
            return null;
        }

        var known = CommandCatalog.Find(type);
        return known is { IsInternal: true } || (known is not null && record.Headers.Has(HeaderName.Flow)) || (handler.Row is { Active: true, Url: null } && known is not null) ? null : handler;
    }

    /// <summary>What is known of the record's command; null where neither we nor a handler know it.</summary>
    public static CommandInfo? InfoOf(LogRecord record, BatchSession session)
    {
        var type = record.Headers.Get(HeaderName.Type) ?? "";
        return CommandCatalog.Find(type) ?? (session.Control.Handlers.Of(type) is null ? null : Custom);
    }

    /// <summary>Its outcome is what the handler answers.</summary>
    public static void Call(CommandContext context, NamedHandler handler)
    {
        var record = context.Record;
        context.Call(new CallHandler
        {
            CommandId = context.CommandId,
            CommandKey = record.Key,
            CommandType = record.Headers.Get(HeaderName.Type)!,
            Handler = handler.Name,
            Registration = handler.Row.Taken,
            Data = Encoding.UTF8.GetString(record.Value.Span),
            UserId = record.Headers.Get(HeaderName.UserId),
            CorrelationId = record.Headers.Get(HeaderName.CorrelationId),
            Caller = context.Caller,
            SubmittedMs = record.TimestampMs,
        });
        context.Reply = Reply.Deferred;
    }
}

/// <summary>The handler of a command was taken out.</summary>
public sealed class HandlerNotFoundException(string type)
    : Exception($"Nobody executes {type}: its handler was unregistered; register one, then replay the dead letter");
