using System.Buffers;
using System.Text.Json;
using Workers.Contracts.Json;
using Workers.Engine.Commands;
using Workers.Engine.Control;
using Workers.Engine.Log;
using Workers.Engine.Repositories;
using Workers.Engine.Store;

namespace Workers.Engine.Session;

/// <summary>
/// The unit of work of one partition: an identity map that lives while the partition is owned, and what the batch in hand has staged.
/// Used by the pump's thread alone. Every record has a savepoint (<see cref="Begin"/>); a flush takes what is staged; any failure clears all.
/// </summary>
public sealed class BatchSession(string group, PartitionId partition, IStateReader reader, TimeProvider clock, int capacity = 10_000)
    : IUnitOfWork, IDisposable
{
    private readonly Dictionary<StateKey, StateEntry> _map = [];
    private readonly Dictionary<StateKey, StateRow> _rows = [];
    private readonly List<StateKey> _missing = [];
    private readonly List<StateEntry> _dirty = [];
    private readonly UndoLog _undo = new();
    private readonly ArrayBufferWriter<byte> _buffer = new(4096);
    private readonly Utf8JsonWriter _json = new(Stream.Null, JsonWriting.Options);
    private readonly List<EventWrite> _events = [];
    private readonly List<UniqueWrite> _uniques = [];
    private readonly List<LogRecord> _outgoing = [];
    private readonly List<TimerWrite> _timers = [];
    private readonly List<Guid> _timersDone = [];
    private readonly List<OutcomeWrite> _outcomes = [];
    private readonly StagedLetters _letters = new(reader);
    private readonly StagedControl _control = new(reader);
    private readonly DeferredOutcomes _deferred = new(reader);
    private readonly Stack<Savepoint> _begun = [];
    private readonly Dictionary<StateType, object> _repositories = [];
    private long _batch;

    public string Group { get; } = group;

    public PartitionId Partition { get; } = partition;

    public TimeProvider Clock { get; } = clock;

    /// <summary>The record in hand: what it staged is caused by it.</summary>
    public RecordScope Scope { get; private set; } = RecordScope.None;

    /// <summary>What concerns every worker, as the batch in hand is decided under it.</summary>
    public ControlState Control { get; internal set; } = ControlState.Empty;

    internal IStateReader Reader { get; } = reader;

    internal void Enter(RecordScope scope) => Scope = scope;

    /// <summary>Reads in one query what the batch will touch and the map does not hold.</summary>
    internal void Prefetch(List<StateKey> keys)
    {
        _missing.Clear();
        foreach (var key in keys)
        {
            // Absent until it is found, so that a key named twice is asked for once.
            if (!_map.ContainsKey(key) && _rows.TryAdd(key, Absent))
            {
                _missing.Add(key);
            }
        }

        if (_missing.Count > 0)
        {
            Reader.FindStates(_missing, _rows);
        }
    }

    /// <summary>The entry of an aggregate or instance, read from the store at most once while the partition is owned.</summary>
    public StateEntry Get(StateType type, string id)
    {
        var key = new StateKey(type.Kind, id);
        if (!_map.TryGetValue(key, out var entry))
        {
            if (!_rows.Remove(key, out var row))
            {
                var found = new Dictionary<StateKey, StateRow>(1);
                Reader.FindStates([key], found);
                row = found.GetValueOrDefault(key, Absent);
            }

            entry = new StateEntry(key, type, ReferenceEquals(row, Absent) ? null : row);
            _map.Add(key, entry);
        }

        entry.Batch = _batch;
        return entry;
    }

    /// <summary>To be called before an entry's live object is handed to code that may change it in place.</summary>
    public void Remember(StateEntry entry) => _undo.Remember(entry, this);

    /// <summary>Replaces the live object (null deletes it), one version on.</summary>
    public void Set(StateEntry entry, object? live, long versions = 1)
    {
        if (!entry.Type.Mutable)
        {
            _undo.Remember(entry, this);
        }

        entry.Live = live;
        entry.Version += versions;
        if (!entry.Dirty)
        {
            entry.Dirty = true;
            _dirty.Add(entry);
        }
    }

    /// <summary>The JSON of an instance that was changed in place; null where it is what it was when it was remembered.</summary>
    internal byte[]? Changes(StateEntry entry)
    {
        _buffer.ResetWrittenCount();
        _json.Reset(_buffer);
        entry.Type.Write(entry.Live!, _json);
        _json.Flush();
        return _buffer.WrittenSpan.SequenceEqual(entry.Image) ? null : _buffer.WrittenSpan.ToArray();
    }

    public void Stage(EventWrite write) => _events.Add(write);

    public void Stage(UniqueWrite write) => _uniques.Add(write);

    public void Stage(LogRecord outgoing) => _outgoing.Add(outgoing);

    public void Stage(TimerWrite timer) => _timers.Add(timer);

    public void Stage(OutcomeWrite outcome)
    {
        _outcomes.Add(outcome);
        _deferred.Note(outcome);
    }

    /// <summary>The outcome of a command that waits for its effect, as this partition left it or as it is stored; null where there is none.</summary>
    internal Outcome? Deferred(Guid commandId) => _deferred.Find(commandId);

    /// <summary>Takes back a timer, staged in this batch or stored.</summary>
    public void CancelTimer(Guid token) => _timersDone.Add(token);

    /// <summary>Dead letters, with what was done to them and is not stored yet.</summary>
    internal StagedLetters Letters => _letters;

    /// <summary>What is written for every worker by the one that writes it.</summary>
    internal StagedControl ForAll => _control;

    /// <summary>Serializes with the session's own writer; the bytes are the caller's. With a static <paramref name="write"/> nothing else is allocated.</summary>
    public byte[] Write<T>(T what, Action<T, Utf8JsonWriter> write)
    {
        _buffer.ResetWrittenCount();
        _json.Reset(_buffer);
        write(what, _json);
        _json.Flush();
        return _buffer.WrittenSpan.ToArray();
    }

    /// <summary>UTF-8 JSON of a state.</summary>
    internal byte[] Write(StateType type, object state) => Write((type, state), static (s, json) => s.type.Write(s.state, json));

    public ITransactionalRepository<T> GetRepository<T>(AggregateType<T> type)
        where T : class
    {
        if (!_repositories.TryGetValue(type.State, out var repository))
        {
            _repositories.Add(type.State, repository = new SessionRepository<T>(this, type));
        }

        return (ITransactionalRepository<T>)repository;
    }

    public bool IsActive => _begun.Count > 0;

    /// <summary>How many parts are begun.</summary>
    internal int Depth => _begun.Count;

    public void Begin() => _begun.Push(Mark());

    internal Savepoint Mark() => new(
        _undo.Count, _dirty.Count, _events.Count, _uniques.Count, _outgoing.Count, _timers.Count, _timersDone.Count, _outcomes.Count, _letters.Count,
        (Scope as CommandContext)?.LastEvent, _control.Count);

    public void Commit() => _begun.Pop();

    public void Rollback()
    {
        var mark = _begun.Pop();
        _undo.RollbackTo(mark.Undo);
        Cut(_dirty, mark.Dirty);
        Cut(_events, mark.Events);
        Cut(_uniques, mark.Uniques);
        Cut(_outgoing, mark.Outgoing);
        Cut(_timers, mark.Timers);
        Cut(_timersDone, mark.TimersDone);
        Cut(_outcomes, mark.Outcomes);
        _letters.RollbackTo(mark.Letters);
        _control.RollbackTo(mark.Control);
        if (Scope is CommandContext context)
        {
            context.LastEvent = mark.LastEvent;
        }
    }

    /// <summary>Drops also what a handler has begun and left so.</summary>
    internal void RollbackTo(int depth)
    {
        while (_begun.Count > depth)
        {
            Rollback();
        }
    }

    /// <summary>Moves everything staged into the flush, states serialized now. The map stays.</summary>
    internal void MoveTo(Flush flush)
    {
        foreach (var entry in _dirty)
        {
            var born = entry.FlushedVersion == 0;
            if (!(born && entry.Live is null))
            {
                flush.States.Add(new StateWrite(
                    entry.Key, entry.FlushedVersion, entry.Version, entry.Live is { } live ? entry.Image ?? Write(entry.Type, live) : null, entry.Label,
                    Clock.GetUtcNow().ToUnixTimeMilliseconds(), entry.Tail));
            }

            entry.FlushedVersion = entry.Live is null ? 0 : entry.Version;
            entry.Version = entry.FlushedVersion;
            entry.Dirty = false;
        }

        flush.Events.AddRange(_events);
        flush.Uniques.AddRange(_uniques);
        flush.Outgoing.AddRange(_outgoing);
        flush.Outcomes.AddRange(_outcomes);
        _letters.MoveTo(flush);
        _control.MoveTo(flush);
        StageTimers(flush);
        Rest();
        _batch++;
        Trim();
    }

    /// <summary>Forgets everything: after a failed flush the truth is what is stored.</summary>
    internal void Clear()
    {
        Rest();
        _map.Clear();
        _rows.Clear();
        _deferred.Clear();
        _control.Clear();
        _letters.Clear();
    }

    public void Dispose() => _json.Dispose();

    /// <summary>A timer set and cancelled in one batch leaves nothing.</summary>
    private void StageTimers(Flush flush)
    {
        if (_timersDone.Count == 0)
        {
            flush.Timers.AddRange(_timers);
            return;
        }

        var gone = _timersDone.ToHashSet();
        var stored = _timersDone.ToHashSet();
        foreach (var timer in _timers)
        {
            if (gone.Contains(timer.Token))
            {
                stored.Remove(timer.Token);
            }
            else
            {
                flush.Timers.Add(timer);
            }
        }

        flush.TimersDone.AddRange(stored);
    }

    private void Rest()
    {
        _begun.Clear();
        _undo.Clear();
        _dirty.Clear();
        _events.Clear();
        _uniques.Clear();
        _outgoing.Clear();
        _timers.Clear();
        _timersDone.Clear();
        _outcomes.Clear();
        _letters.RollbackTo(0);
        _control.RollbackTo(0);
    }

    private void Trim()
    {
        _rows.Clear();
        if (_map.Count <= capacity)
        {
            return;
        }

        foreach (var (key, entry) in _map)
        {
            if (entry.Batch < _batch - 3)
            {
                _map.Remove(key);
            }
        }
    }

    private static void Cut<T>(List<T> list, int count) => list.RemoveRange(count, list.Count - count);

    private static readonly StateRow Absent = new(0, default, 0);
}

/// <summary>How much was staged at a moment.</summary>
internal readonly record struct Savepoint(
    int Undo, int Dirty, int Events, int Uniques, int Outgoing, int Timers, int TimersDone, int Outcomes, int Letters, LogRecord? LastEvent,
    int Control);
