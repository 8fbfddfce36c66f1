using System.Globalization;
using Workers.Contracts;
using Workers.Contracts.Headers;
using Workers.Engine.Log;

namespace Workers.Engine.Session;

/// <summary>The record in hand: its identity, its cause, and the ids of what it causes.</summary>
public class RecordScope
{
    public static RecordScope None { get; } = new(
        new LogRecord { Id = Guid.Empty, Topic = "", Key = "", TimestampMs = 0 }, default, attempt: 0, flow: null);

    private int _made;
    private Guid? _parent;

    /// <param name="flow"><c>{saga}/{instance}</c> put on everything that a saga sends; null outside sagas: the record's own is passed on where it is an effect or its result.</param>
    protected internal RecordScope(LogRecord record, DateTimeOffset now, int attempt, string? flow)
    {
        Record = record;
        Now = now;
        Attempt = attempt;
        Flow = flow ?? record.Headers.Get(HeaderName.Flow);
        InSaga = flow is not null;
    }

    public LogRecord Record { get; }

    /// <summary>One time for all that this record decides.</summary>
    public DateTimeOffset Now { get; }

    /// <summary>1 for the first.</summary>
    public int Attempt { get; }

    /// <summary>The flows that wait for what this record causes, comma-separated; null for none.</summary>
    public string? Flow { get; private set; }

    public bool InSaga { get; }

    /// <summary>One flow more waits for what this record causes from now on.</summary>
    /// <param name="flow"><c>{saga}/{instance}</c>; null changes nothing.</param>
    public void Tell(string? flow) =>
        Flow = string.IsNullOrEmpty(flow) || (Flow is { } named && named.Split(',').Contains(flow)) ? Flow : Flow is null ? flow : $"{Flow},{flow}";

    /// <summary>The same ids at every attempt: from the record's id and how many were made before. A dead letter that was put back makes others than it made when it was given up.</summary>
    public Guid NextId() => Ids.Child(_parent ??= Parent(), ++_made);

    // By where it lies now: put back once more, it lies elsewhere.
    private Guid Parent() => Record.Headers.Has(HeaderName.Replay)
        ? Ids.Derived(Record.Id, string.Create(CultureInfo.InvariantCulture, $"replay {Record.Where} {Record.Offset}"))
        : Record.Id;
}
