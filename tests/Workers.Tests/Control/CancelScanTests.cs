using NUnit.Framework;
using Shouldly;
using Workers.Contracts;
using Workers.Contracts.Commands;
using Workers.Contracts.Headers;
using Workers.Engine.Control;
using Workers.Engine.Log;
using Workers.Engine.Options;
using Workers.Engine.Projections;
using Workers.Engine.Store;
using Workers.Engine.Waiting;
using Workers.Tests.Api;
using Workers.Tests.Time;

namespace Workers.Tests.Control;

/// <summary>What of the list of commands waits.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class CancelScanTests : IDisposable
{
    private readonly MemoryState _state = new();
    private readonly ListedModels _models = new();
    private readonly FakeTimeProvider _clock = new();

    public void Dispose() => _state.Dispose();

    [Test]
    public async Task What_is_older_than_outcomes_are_kept_waits_only_where_it_was_set_aside()
    {
        var passedOver = Listed("queue", TimeSpan.FromDays(31));
        var aside = Listed("queue", TimeSpan.FromDays(31));
        var waits = Listed("queue", TimeSpan.FromDays(29));
        _state.Waiting.Add(new ParkedRow(0, Record(aside), 0, 0, 0, "paused", null, null));

        var (count, first) = await CountAsync();

        count.ShouldBe(2);
        first.Select(row => row.Id).ShouldBe([aside, waits]);
        first.ShouldAllBe(row => row.Data.Length == 0);
        first.ShouldNotContain(row => row.Id == passedOver);
    }

    [Test]
    public async Task What_has_begun_is_a_repeat_or_was_sent_by_a_flow_does_not_wait()
    {
        var first = Listed("queue", TimeSpan.Zero);
        var repeat = Listed("queue", TimeSpan.Zero);
        var scheduled = Listed("schedule", TimeSpan.FromDays(40));
        Listed("saga", TimeSpan.Zero);
        _state.Put(new Outcome(first, CommandState.Running, null, 1, 202, 0, 0, default, 0, []));
        _state.Put(new Outcome(repeat, CommandState.Running, first, 1, 0, 0, 0, default, 0, []));
        _state.Put(new Outcome(scheduled, CommandState.Scheduled, null, 0, 0, 0, 0, default, 0, []));

        (await CountAsync()).First.Select(row => row.Id).ShouldBe([scheduled]);
    }

    private async Task<(long Count, IReadOnlyList<CommandRow> First)> CountAsync()
    {
        using var readers = new StateReaders(_state);
        var scan = new CancelScan(_models, new Lazy<StateReaders>(readers), new OutcomeOptions(), _clock);
        return await scan.CountAsync(new WaitingFilter(), 100, 10, CancellationToken.None);
    }

    private Guid Listed(string door, TimeSpan age)
    {
        var id = Guid.CreateVersion7();
        _models.Commands.Add(new CommandRow(
            id, null, nameof(CreateUser), Kind.User, "u1", "anonymous", door, (_clock.GetUtcNow() - age).ToUnixTimeMilliseconds(), null, null, null, null, null, "{}"u8.ToArray()));
        return id;
    }

    private static LogRecord Record(Guid id) => new()
    {
        Id = id,
        Topic = Topics.Commands,
        Key = "u1",
        TimestampMs = 0,
        Headers = new HeaderWriter().Add(HeaderName.Type, nameof(CreateUser)).Take(),
        Value = "{}"u8.ToArray(),
    };
}
