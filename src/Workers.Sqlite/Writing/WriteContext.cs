using Workers.Engine.Store;
using Workers.Sqlite.Audit;
using Workers.Sqlite.Log;
using Workers.Sqlite.Metrics;
using Workers.Sqlite.Native;
using Workers.Sqlite.ReadModels;
using Workers.Sqlite.State;

namespace Workers.Sqlite.Writing;

/// <summary>
/// The writer's connection with its tables, and what has to be put back in memory when a job or a whole commit is undone: the log's counters,
/// the number of the next event, the tails of streams.
/// </summary>
internal sealed class WriteContext
{
    private readonly LogCounters _counters;
    private readonly LogCounters _published;
    private readonly LogCounters _savepoint;
    private readonly List<(StreamTail Tail, long Before)> _tails = [];
    private readonly LogTable _log;
    private long _nextEvent;
    private long _committedNextEvent;
    private long _control = -1;
    private long _committedControl = -1;
    private (int Tails, long NextEvent, long Control, ulong Topics) _mark;

    public WriteContext(Connection connection, TopicTable topics, LogCounters published)
    {
        Connection = connection;
        Topics = topics;
        _published = published;
        _counters = new LogCounters(topics);
        _counters.CopyFrom(published);
        _savepoint = new LogCounters(topics);
        _log = new LogTable(connection, _counters);
        Positions = new PositionTable(connection);
        Events = new EventTable(connection);
        States = new StateTable(connection);
        Outcomes = new OutcomeTable(connection);
        CallerKeys = new CallerKeyTable(connection);
        Uniques = new UniqueTable(connection);
        Timers = new TimerTable(connection);
        Parked = new ParkedTable(connection);
        DeadLetters = new DeadLetterTable(connection);
        Outbox = new OutboxTable(connection);
        Control = new ControlTable(connection);
        Models = new ModelTable(connection);
        Commands = new CommandTable(connection);
        Audit = new AuditTable(connection);
        Metrics = new MetricsTable(connection);
        ListedEvents = new EventList(connection);
        SavedModels = new SavedModelTable(connection);
    }

    public Connection Connection { get; }

    public TopicTable Topics { get; }

    public PositionTable Positions { get; }

    public StateTable States { get; }

    public OutcomeTable Outcomes { get; }

    public CallerKeyTable CallerKeys { get; }

    public UniqueTable Uniques { get; }

    public TimerTable Timers { get; }

    public ParkedTable Parked { get; }

    public DeadLetterTable DeadLetters { get; }

    public OutboxTable Outbox { get; }

    public ControlTable Control { get; }

    public ModelTable Models { get; }

    public CommandTable Commands { get; }

    public AuditTable Audit { get; }

    public MetricsTable Metrics { get; }

    public EventList ListedEvents { get; }

    public SavedModelTable SavedModels { get; }

    /// <summary>A bit for each topic that got records in this commit.</summary>
    public ulong TopicsWritten { get; private set; }

    public LogCounters Counters => _counters;

    /// <summary>Moved by what is written in this commit, before it is committed.</summary>
    public long ControlVersion => _control >= 0 ? _control : _control = _committedControl = Control.Version();

    private EventTable Events { get; }

    public void Append(RecordBatch records)
    {
        if (records.Count > 0)
        {
            TopicsWritten |= _log.Append(records);
        }
    }

    public void Write(IReadOnlyList<ControlWrite> writes) => Control.Write(writes, _control = ControlVersion + 1);

    public void SaveCounters() => _log.SaveCounters(Topics);

    public void Append(EventWrite write)
    {
        if (_nextEvent == 0)
        {
            _nextEvent = _committedNextEvent = Events.Next();
        }

        var seq = _nextEvent++;
        Events.Write(write, seq);
        _tails.Add((write.Tail, write.Tail.LastEvent));
        write.Tail.LastEvent = seq;
    }

    /// <summary>What follows can be undone by <see cref="UndoToMark"/>.</summary>
    public void Mark()
    {
        _savepoint.CopyFrom(_counters);
        _mark = (_tails.Count, _nextEvent, _control, TopicsWritten);
    }

    public void UndoToMark()
    {
        _counters.CopyFrom(_savepoint);
        (_, _nextEvent, _control, TopicsWritten) = _mark;
        UndoTails(_mark.Tails);
    }

    /// <summary>The transaction was committed: readers may see it.</summary>
    public void Committed()
    {
        _published.CopyFrom(_counters);
        _committedNextEvent = _nextEvent;
        _committedControl = _control;
        _tails.Clear();
    }

    /// <summary>The transaction was rolled back.</summary>
    public void RolledBack()
    {
        _counters.CopyFrom(_published);
        _nextEvent = _committedNextEvent;
        _control = _committedControl;
        UndoTails(0);
    }

    /// <summary>A new transaction begins.</summary>
    public void Begun() => TopicsWritten = 0;

    private void UndoTails(int count)
    {
        for (var i = _tails.Count - 1; i >= count; i--)
        {
            _tails[i].Tail.LastEvent = _tails[i].Before;
        }

        _tails.RemoveRange(count, _tails.Count - count);
    }
}
