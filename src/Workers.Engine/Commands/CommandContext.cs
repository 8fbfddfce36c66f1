using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Workers.Contracts;
using Workers.Contracts.Commands;
using Workers.Contracts.Effects;
using Workers.Contracts.Events;
using Workers.Contracts.Headers;
using Workers.Engine.Control;
using Workers.Engine.Dispatch;
using Workers.Engine.Log;
using Workers.Engine.Repositories;
using Workers.Engine.Session;
using Workers.Engine.Store;
using Workers.Engine.Telemetry;

namespace Workers.Engine.Commands;

/// <summary>What a command's handler works with: it loads, decides, and stages. All of it becomes durable with the batch, or none.</summary>
public sealed class CommandContext : RecordScope
{
    private readonly BatchSession _session;
    private string? _commandId;

    internal CommandContext(LogRecord record, CommandInfo info, DateTimeOffset now, int attempt, BatchSession session, FlowRoutes routes)
        : base(record, now, attempt, flow: null)
    {
        (Info, _session, Routes) = (info, session, routes);
    }

    public CommandInfo Info { get; }

    /// <summary>What the command is called; for one of a registered handler not what <see cref="Info"/> says.</summary>
    public string TypeName => Info.Type == typeof(CustomCommand) ? Record.Headers.Get(HeaderName.Type) ?? Info.Name : Info.Name;

    /// <summary>Our id of the command.</summary>
    public string CommandId => _commandId ??= Record.Id.ToString();

    /// <summary>Who sent it.</summary>
    public string Caller => Record.Headers.Get(HeaderName.Source) ?? "anonymous";

    /// <summary>The version that the caller's <c>If-Match</c> asks for; null for none.</summary>
    public long? ExpectedVersion =>
        long.TryParse(Record.Headers.Get(HeaderName.ExpectedVersion), NumberStyles.None, CultureInfo.InvariantCulture, out var v) ? v : null;

    internal FlowRoutes Routes { get; }

    /// <summary>The last event that was published; null for none. A flow that waits has heard of it.</summary>
    internal LogRecord? LastEvent { get; set; }

    /// <summary>It goes on elsewhere: its outcome is written there.</summary>
    internal bool IsForwarded { get; private set; }

    /// <summary>What the handler answered; null until it has.</summary>
    public Reply? Reply { get; set; }

    /// <summary>How it ended, for a span of the attempt.</summary>
    internal void Describe(Activity? span)
    {
        if (span is { IsAllDataRequested: true } && Reply is { } reply)
        {
            span.SetTag("command.outcome", reply.State.Name()).SetTag("command.error_code", reply.Code);
        }
    }

    /// <summary>Of a decision on a schedule, to be counted.</summary>
    public ScheduleFigures? Schedule { get; set; }

    /// <summary>Where aggregates are read and changed.</summary>
    public IUnitOfWork Work => _session;

    /// <summary>The aggregate as it stands with everything staged; null where there is none.</summary>
    public T? Load<T>(AggregateType<T> type, string id)
        where T : class => _session.GetRepository(type).GetById(id);

    /// <summary>UTF-8 JSON, written with the session's own writer.</summary>
    public byte[] Write<T>(T what, Action<T, Utf8JsonWriter> write) => _session.Write(what, write);

    /// <summary>A state without events, at this key's partition.</summary>
    public T? Load<T>(StateType<T> type, string id)
        where T : class => (T?)_session.Get(type, id).Live;

    /// <summary>Replaces it; null deletes it.</summary>
    public void Put<T>(StateType<T> type, string id, T? state)
        where T : class => _session.Set(_session.Get(type, id), state);

    /// <summary>The same, listed by a label (<see cref="IStateReader.ByLabel"/>).</summary>
    public void Put<T>(StateType<T> type, string id, T state, string label)
        where T : class
    {
        var entry = _session.Get(type, id);
        _session.Set(entry, state);
        entry.Label = label;
    }

    /// <summary>Publishes an event that belongs to no stream.</summary>
    public void Announce(IDomainEvent happened)
    {
        var info = EventCatalog.Of(happened);
        EventRecords.Publish(_session, this, info, happened, EventRecords.Write(_session, info, happened), 0, Routes);
    }

    /// <summary>Publishes an event that its caller has posted; as it was published.</summary>
    public LogRecord Publish(PublishEvent posted, byte[] data) =>
        EventRecords.PublishPosted(_session, this, posted.EventType, posted.AggregateId, posted.UserId, data);

    /// <summary>Asks for a call to the outside; its result comes back as a command.</summary>
    public void Call(IEffect effect) => _session.Stage(new LogRecord
    {
        Id = NextId(),
        Topic = Topics.Effects,
        Key = effect.Key,
        TimestampMs = Now.ToUnixTimeMilliseconds(),
        Headers = Outgoing.Headers(this, effect.GetType().Name, Flow).Take(),
        Value = EffectCatalog.ToBytes(effect),
    });

    /// <summary>Sends a command, now or when it is due; a timer can be taken back by its token. Our id of it.</summary>
    public Guid Send(ICommand command, TimeSpan? after = null, Guid? token = null)
    {
        var info = CommandCatalog.Of(command);
        var record = new LogRecord
        {
            Id = NextId(),
            Topic = Topics.Commands,
            Key = info.GetKey(command),
            TimestampMs = Now.ToUnixTimeMilliseconds(),
            Headers = Outgoing.Headers(this, info.Name, Flow).Add(HeaderName.Door, after is null ? "internal" : "timer").Take(),
            Value = info.ToBytes(command),
        };
        if (after is { } delay)
        {
            _session.Stage(new TimerWrite(token ?? record.Id, (Now + delay).ToUnixTimeMilliseconds(), record));
        }
        else
        {
            _session.Stage(record);
        }

        return record.Id;
    }

    /// <summary>Sends what concerns every worker.</summary>
    public void SendForAll(ICommand command)
    {
        var info = CommandCatalog.Of(command);
        _session.Stage(new LogRecord
        {
            Id = NextId(),
            Topic = info.Topic,
            Key = info.GetKey(command),
            TimestampMs = Now.ToUnixTimeMilliseconds(),
            Headers = Outgoing.Headers(this, info.Name, null).Add(HeaderName.Door, "internal").Take(),
            Value = info.ToBytes(command),
        });
    }

    /// <summary>Appends a command that somebody made before: of a schedule, or of whoever asked for it.</summary>
    public void Send(LogRecord command) => _session.Stage(command);

    /// <summary>Another time for a command that waits for its own.</summary>
    public void Reschedule(TimerWrite timer, Outcome scheduled, long dueMs)
    {
        _session.Stage(timer with { DueMs = dueMs, Message = Delayed.Message(timer.Message, new Due(dueMs, IsSent: false)) });
        _session.Stage(new OutcomeWrite(scheduled with { StartedMs = dueMs }, Finishes: true));
    }

    /// <summary>The command that waits for its time; null where it has begun, was cancelled, or is not stored yet.</summary>
    public TimerWrite? FindDelayed(Guid commandId) => _session.Reader.FindTimer(commandId);

    /// <summary>What concerns every worker, as this is decided under it.</summary>
    public ControlState Shared => _session.Control;

    public void CancelTimer(Guid token) => _session.CancelTimer(token);

    /// <summary>Claims a value that must be unique (<c>email</c>, <c>sku</c>); false where another has it.</summary>
    public bool Claim(string space, string value, string owner)
    {
        if (_session.Reader.FindUnique(space, value) is { } other && other != owner)
        {
            return false;
        }

        // Also where it is the owner's own as stored: what gives it up may be staged.
        _session.Stage(new UniqueWrite(space, value, owner, Release: false));
        return true;
    }

    public void Release(string space, string value, string owner) => _session.Stage(new UniqueWrite(space, value, owner, Release: true));

    /// <summary>
    /// A state of another partition as it is stored at this moment, such as a flow's instance. It may be another by the time this is committed.
    /// </summary>
    public StateRow? Peek(string kind, string id)
    {
        var found = new Dictionary<StateKey, StateRow>(1);
        _session.Reader.FindStates([new StateKey(kind, id)], found);
        return found.Values.FirstOrDefault();
    }

    /// <summary>What became of a command; null while nothing is stored.</summary>
    public Outcome? OutcomeOf(Guid commandId)
    {
        var found = new Dictionary<Guid, Outcome>(1);
        _session.Reader.FindOutcomes([commandId], found);
        return found.GetValueOrDefault(commandId);
    }

    /// <summary>The stored events of a stream from its first, oldest first; what was staged and is not committed is not among them.</summary>
    public IReadOnlyList<EventRow> History<T>(AggregateType<T> type, string id, int limit)
        where T : class => _session.Reader.Events(new StateKey(type.State.Kind, id), 1, limit);

    /// <summary>A command that has succeeded is UNDONE from now on.</summary>
    public void Undone(Outcome succeeded, string type) => Completions.Undone(_session, this, succeeded, type);

    /// <summary>Ends another command, whose outcome was deferred (RUNNING), as if it had just run.</summary>
    /// <param name="commandId">Our id of it.</param>
    /// <param name="reply">What it ends with.</param>
    /// <param name="type">Its name; null: the command of this kind whose outcome is always deferred.</param>
    public void Finish(string commandId, Reply reply, string? type = null) => Completions.Finish(_session, this, Guid.Parse(commandId), reply, type);

    /// <summary>What concerns every worker, read where it is written: the data of a row, with all that was written before; null where there is none.</summary>
    public byte[]? FindControl(string kind, string name) => _session.ForAll.Find(kind, name);

    /// <summary>The names of all rows of a kind, read so.</summary>
    public IReadOnlyList<string> ControlNames(string kind) => _session.ForAll.Names(kind);

    /// <summary>Writes for every worker. Whatever was decided without it and is not committed yet is decided again.</summary>
    public void Write(ControlWrite write) => _session.ForAll.Add(write);

    /// <summary>The outcome that a command has now. Where it has none, or waits for its time, what is written here is only written while that is so.</summary>
    public Outcome? RequireUnfinished(Guid command)
    {
        var outcome = OutcomeOf(command);
        if (outcome is null or { State: CommandState.Scheduled })
        {
            _session.ForAll.Require(command);
        }

        return outcome;
    }

    /// <summary>Looks at what is stored; what is staged is not there yet.</summary>
    public T Read<T>(Func<IStateReader, T> read) => read(_session.Reader);

    /// <summary>The record goes on to the topic of what concerns every worker, with its id and all that is known of who sent it: its outcome is written there.</summary>
    public void Forward()
    {
        IsForwarded = true;
        _session.Stage(new LogRecord
        {
            Id = Record.Id,
            Topic = Topics.Control,
            Key = Record.Key,
            TimestampMs = Record.TimestampMs,
            Headers = Record.HeadersToPass,
            Value = Record.Value,
        });
    }

    /// <summary>A dead letter as it is on the desk now; null where it is not.</summary>
    public DeadLetter? FindDeadLetter(Guid id) => _session.Letters.Find(id);

    /// <summary>It leaves the desk.</summary>
    public void Take(DeadLetter letter) => _session.Letters.Take(letter);

    /// <summary>It stays on the desk as it is here.</summary>
    public void Put(DeadLetter letter) => _session.Letters.Put(letter);

    /// <summary>Puts a dead letter's record back at its key, marked so that it is executed although its outcome is known.</summary>
    public void Replay(DeadLetter letter) => _session.Stage(new LogRecord
    {
        Id = letter.Record.Id,
        Topic = letter.Record.Topic,
        Key = letter.Record.Key,
        TimestampMs = letter.Record.TimestampMs,
        Headers = letter.Record.HeadersToPass.With(HeaderName.Replay, letter.Group),
        Value = letter.Record.Value,
    });
}
