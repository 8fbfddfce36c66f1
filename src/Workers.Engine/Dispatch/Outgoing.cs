using System.Diagnostics;
using Workers.Contracts;
using Workers.Contracts.Headers;
using Workers.Engine.Log;
using Workers.Engine.Session;
using Workers.Engine.Telemetry;

namespace Workers.Engine.Dispatch;

/// <summary>
/// Records that a record causes. Here alone is decided what their headers are: whence they come, what they belong to, what caused them, and
/// who waits for them. Ids and times are the scope's, so a repeated attempt makes the same record.
/// </summary>
public static class Outgoing
{
    private const string Source = "workers";

    [ThreadStatic]
    private static HeaderWriter? t_writer;

    /// <summary>A record of <paramref name="message"/>, not yet staged.</summary>
    /// <param name="topic">Null: the type's own.</param>
    /// <param name="key">Null: the one that the type makes of the message.</param>
    /// <param name="headers">What <see cref="Headers"/> began and the caller completed; null: those, and the user of the record in hand.</param>
    public static LogRecord Make(
        BatchSession session, MessageType type, object message, string? topic = null, string? key = null, HeaderWriter? headers = null)
    {
        var scope = session.Scope;
        return new LogRecord
        {
            Id = scope.NextId(),
            Topic = topic ?? type.Topic,
            Key = key ?? type.KeyOf(message),
            TimestampMs = scope.Now.ToUnixTimeMilliseconds(),
            Headers = (headers ?? Headers(scope, type.Name, scope.Flow).User(scope)).Take(),
            Value = session.Write((type, message), static (m, json) => m.type.Write(m.message, json)),
        };
    }

    /// <summary>Headers of anything that a record causes. The writer is the thread's: complete and take them before the next call.</summary>
    /// <param name="flow"><c>{saga}/{instance}</c> of the flows that wait for what this causes, comma-separated; null for none.</param>
    public static HeaderWriter Headers(RecordScope scope, string type, string? flow)
    {
        // Cleared: whoever asked before may have failed half-way.
        var headers = (t_writer ??= new HeaderWriter()).Clear();
        var caused = scope.Record.Headers;
        headers.Add(HeaderName.Type, type);
        if (scope.Record.Topic != Topics.Control || !Passed(HeaderName.Source))
        {
            headers.Add(HeaderName.Source, Source);
        }

        if (!Passed(HeaderName.CorrelationId))
        {
            headers.Add(HeaderName.CorrelationId, scope.Record.Id);
        }

        if (!PassedCause())
        {
            headers.Add(HeaderName.CausationId, scope.Record.Id);
        }

        if (Activity.Current is { IdFormat: ActivityIdFormat.W3C, Id: { } trace } activity && !RecordTrace.StandsFor(activity))
        {
            headers.Add(HeaderName.TraceParent, trace).Add(HeaderName.TraceState, activity.TraceStateString);
        }
        else if (Passed(HeaderName.TraceParent))
        {
            Passed(HeaderName.TraceState);
        }

        return headers.Add(HeaderName.Flow, flow);

        bool Passed(HeaderName name) => Pass(headers, caused, name);

        // A flow's copy of an event, a timer and an effect are nobody's to look up: what they cause was caused by the command that they come from.
        bool PassedCause() => scope.Record.Topic switch
        {
            Topics.Flows => Pass(headers, caused, HeaderName.Command, HeaderName.CausationId) || Passed(HeaderName.CausationId),
            Topics.Effects => Passed(HeaderName.CausationId),
            _ => false,
        };
    }

    /// <summary>It is about the same user as the record in hand.</summary>
    internal static HeaderWriter User(this HeaderWriter headers, RecordScope scope)
    {
        Pass(headers, scope.Record.Headers, HeaderName.UserId);
        return headers;
    }

    private static bool Pass(HeaderWriter headers, HeaderBlock caused, HeaderName name, HeaderName? to = null)
    {
        var found = caused.TryGet(name, out var value);
        if (found)
        {
            headers.Add(to ?? name, value);
        }

        return found;
    }
}
