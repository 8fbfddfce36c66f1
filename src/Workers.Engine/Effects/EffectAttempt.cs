using System.Diagnostics;
using System.Text.Json;
using Workers.Contracts;
using Workers.Contracts.Commands;
using Workers.Contracts.Effects;
using Workers.Contracts.Headers;
using Workers.Engine.Commands;
using Workers.Engine.Dispatch;
using Workers.Engine.Faults;
using Workers.Engine.Health;
using Workers.Engine.Log;
using Workers.Engine.Session;
using Workers.Engine.Store;
using Workers.Engine.Telemetry;

namespace Workers.Engine.Effects;

/// <summary>One attempt of one effect, from its row to how it ended. Changes nothing here: what follows is in the <see cref="EffectEnd"/>.</summary>
internal sealed class EffectAttempt(ParkedRow row, IReadOnlyDictionary<string, IEffectHandler> handlers, EffectSurroundings around)
{
    /// <summary>Reason of a row that no attempt was made of.</summary>
    public const string Fresh = "effect";

    private readonly long _now = around.NowMs;
    private IEffectHandler? _handler;
    private IEffect? _effect;
    private Activity? _span;

    private long FirstMs => row.Reason == Fresh ? _now : row.FirstMs;

    private int Attempt => row.Attempts + 1;

    /// <summary>How it ended; null where the program is stopping and the row stays as it is.</summary>
    public async Task<EffectEnd?> RunAsync(CancellationToken stopping)
    {
        // Whoever is called is told the trace, also where nobody here records it.
        using var span = _span = around.Spans?.Process(around.Group, row.Record, Attempt);
        using var about = around.Log.About(row.Record);
        try
        {
            if (Decode() is { } unusable)
            {
                return unusable;
            }

            if (_now >= _handler!.Policy.DeadlineMs(FirstMs))
            {
                return GiveUp("DEADLINE_PASSED", new TimeoutException(row.Error ?? "The time for it is over."));
            }

            using var timeout = new CancellationTokenSource(_handler.Policy.AttemptTimeout, around.Clock);
            using var ends = CancellationTokenSource.CreateLinkedTokenSource(stopping, timeout.Token);
            var context = new EffectContext(
                _effect!.IdempotencyKey, Attempt, Time(FirstMs), _handler.Policy.Deadline is null ? null : Time(_handler.Policy.DeadlineMs(FirstMs)));
            FailPoint.Hit("effect-before-call");
            var result = await _handler.ExecuteAsync(_effect, context, ends.Token).WaitAsync(ends.Token);
            FailPoint.Hit("effect-after-call");
            return new EffectEnd(row, Result: ToRecord(result));
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            return null;
        }
#pragma warning disable CA1031 // Whatever a call to the outside throws is a failed attempt of this effect and of nothing else.
        catch (Exception error)
#pragma warning restore CA1031
        {
            return Failed(error);
        }
    }

    private EffectEnd? Decode()
    {
        var name = row.Record.Headers.Get(HeaderName.Type) ?? "";
        if (EffectCatalog.Find(name) is not { } type)
        {
            return Letter("unknown_type", "UNKNOWN_TYPE", new InvalidOperationException($"There is no effect '{name}'."));
        }

        if (!handlers.TryGetValue(name, out _handler))
        {
            return Letter("unregistered", "UNREGISTERED", new InvalidOperationException($"Nothing executes {name}."));
        }

        try
        {
            _effect = EffectCatalog.Read(type, row.Record.Value.Span);
            return null;
        }
        catch (JsonException error)
        {
            return Letter("unreadable", "UNREADABLE", error);
        }
    }

    private EffectEnd Failed(Exception error)
    {
        if (error is EffectAbandoned abandoned)
        {
            return GiveUp(abandoned.Code, error);
        }

        var now = around.NowMs;
        var after = (error as RetryLater)?.After ?? (error as EffectPostponed)?.After;
        var made = error is EffectPostponed ? row.Attempts : Attempt;
        if (made >= _handler!.Policy.Attempts)
        {
            return GiveUp("ATTEMPTS_USED_UP", error);
        }

        var again = new ParkedRow(
            row.Order, row.Record, made, _handler.Policy.NextMs(Math.Max(1, made), after, FirstMs, now), FirstMs, "retry", error.GetType().Name, error.Message);
        _span?.Failed(error);
        LogMessages.EffectWaits(around.Log, _handler.Type, row.Record.Id, row.Record.Key, Attempt, TimeSpan.FromMilliseconds(again.DueMs - now), error.Cause());
        LogMessages.AttemptFailed(around.Log, around.Group, row.Record.Id, Attempt, error);
        return new EffectEnd(row, Again: again);
    }

    private EffectEnd GiveUp(string code, Exception error)
    {
        LogRecord? result = null;
        try
        {
            result = ToRecord(_handler!.GaveUp(_effect!, code, error.Message));
        }
#pragma warning disable CA1031 // A result that cannot be made must not keep the effect for ever: the dead letter tells of both.
        catch (Exception second)
#pragma warning restore CA1031
        {
            error = new AggregateException(error, second);
        }

        return Letter("attempts_used_up", code, error) with { Result = result };
    }

    private EffectEnd Letter(string reason, string code, Exception error)
    {
        var record = row.Record;
        _span?.Failed(error);
        LogMessages.DeadLettered(around.Log, around.Group, record.Id, record.Key, reason, error);
        return new EffectEnd(row, Letter: new DeadLetter(
            Ids.Derived(record.Id, around.Group), around.Group, record.Headers.Get(HeaderName.Type) ?? "", record, reason, error.GetType().Name, code,
            error.Message, DeadLetter.Cut(error.StackTrace), code == "DEADLINE_PASSED" ? row.Attempts : Attempt, FirstMs, around.NowMs, around.Worker));
    }

    private LogRecord ToRecord(ICommand result)
    {
        var info = CommandCatalog.Of(result);
        var scope = new RecordScope(row.Record, Time(around.NowMs), Attempt, flow: null);
        var headers = EventRecords.Caused(scope, info.Name).Add(HeaderName.Door, "effect").Add(HeaderName.Replay, row.Record.Headers.Get(HeaderName.Replay));
        return new LogRecord
        {
            Id = scope.NextId(),
            Topic = Topics.Commands,
            Key = info.GetKey(result),
            TimestampMs = scope.Now.ToUnixTimeMilliseconds(),
            Headers = headers.Take(),
            Value = info.ToBytes(result),
        };
    }

    private static DateTimeOffset Time(long ms) => DateTimeOffset.FromUnixTimeMilliseconds(ms);
}
