using NUnit.Framework;
using Shouldly;
using Workers.Contracts;
using Workers.Contracts.Headers;
using Workers.Engine.Control;
using Workers.Engine.Log;
using Workers.Engine.Store;
using Workers.Tests.Api;
using Workers.Tests.Follow;

namespace Workers.Tests.Control;

/// <summary>Looking at what waits.</summary>
[Parallelizable(ParallelScope.All)]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class QueueScanTests : IDisposable
{
    private readonly MemoryLog _log = new(2);
    private readonly MemoryState _state = new();

    public void Dispose() => _state.Dispose();

    [SetUp]
    public void Append()
    {
        for (var i = 0; i < 3; i++)
        {
            _log.Append(new LogRecord { Id = Guid.NewGuid(), Topic = Topics.Commands, Key = "k", TimestampMs = 0, Headers = new HeaderWriter().Take() }, 0);
        }
    }

    [Test]
    public void Nothing_is_read_for_who_has_gone()
    {
        var look = new QueueLook(new CancellationToken(canceled: true));

        Should.Throw<OperationCanceledException>(() => Look(look, Ends()));
    }

    [Test]
    public void What_is_set_aside_while_it_is_looked_at_waits_once()
    {
        var record = new LogRecord { Id = Guid.NewGuid(), Topic = Topics.Commands, Key = "k", TimestampMs = 0, Headers = new HeaderWriter().Take() };
        _log.Append(record, 0);
        _state.Waiting.Add(new ParkedRow(record.Offset, record, 0, long.MaxValue, 0, "paused", null, null));

        Look(new QueueLook(CancellationToken.None), Ends()).ShouldBe(4);
    }

    [Test]
    public void A_log_that_lacks_what_it_should_have_is_told()
    {
        var (ends, look) = (Ends(), new QueueLook(CancellationToken.None));
        (Look(look, ends), look.IsIncomplete).ShouldBe((3, false));

        _log.Renew();

        _log.Append(new LogRecord { Id = Guid.NewGuid(), Topic = Topics.Commands, Key = "k", TimestampMs = 0, Headers = new HeaderWriter().Take() }, 0);
        (Look(look, [3, 0], new QueuePlace(0, InLog: true, 1)), look.IsIncomplete).ShouldBe((0, true));
    }

    private IReadOnlyList<long> Ends() => new QueueScan(_log, _state).Ends();

    private int Look(QueueLook look, IReadOnlyList<long> ends, QueuePlace? from = null) =>
        new QueueScan(_log, _state).Waiting(_state, from ?? QueuePlace.First, ends, look).Count();
}
