using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Workers.Contracts;
using Workers.Contracts.Headers;
using Workers.Engine.Log;

namespace Workers.Engine.Telemetry;

/// <summary>The trace that a record belongs to, where no span of it is recorded.</summary>
internal static class RecordTrace
{
    private const string Operation = "workers record";

    /// <summary>It only stands for a record's trace: nobody records it, and nothing is below it.</summary>
    public static bool StandsFor(Activity current) => ReferenceEquals(current.OperationName, Operation);

    /// <summary>Until it is disposed what is called and logged belongs to the record's trace; null where the record has none, or a span is current.</summary>
    public static Activity? Enter(LogRecord record)
    {
        if (Activity.Current is not null || record.Headers.Get(HeaderName.TraceParent) is not { } parent || !ActivityContext.TryParse(parent, null, out _))
        {
            return null;
        }

        var trace = new Activity(Operation).SetParentId(parent);
        trace.TraceStateString = record.Headers.Get(HeaderName.TraceState);
        return trace.Start();
    }

    /// <summary>Marks what was attempted as failed.</summary>
    public static void Failed(this Activity span, Exception error) =>
        span.AddException(error).SetTag("error.type", error.GetType().FullName).SetStatus(ActivityStatusCode.Error, error.Message);

    /// <summary>Until it is disposed, lines are about this record: they have its trace and its command's id.</summary>
    public static IDisposable About(this ILogger log, LogRecord record) => new Subject(Enter(record), log.BeginScope(new CommandOf(record)));

    private sealed class Subject(Activity? trace, IDisposable? scope) : IDisposable
    {
        public void Dispose()
        {
            scope?.Dispose();
            trace?.Dispose();
        }
    }

    /// <summary>Whose command a record is, or was caused by.</summary>
    private sealed class CommandOf(LogRecord record) : IReadOnlyList<KeyValuePair<string, object?>>
    {
        public int Count => 1;

        public KeyValuePair<string, object?> this[int index] => new("CommandId", record.Headers.Get(Name) ?? record.Id.ToString());

        // An event says whose it is; an effect was asked for by the command that caused it.
        private HeaderName Name => record.Topic == Topics.Effects ? HeaderName.CausationId : HeaderName.Command;

        public IEnumerator<KeyValuePair<string, object?>> GetEnumerator()
        {
            yield return this[0];
        }

        System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
