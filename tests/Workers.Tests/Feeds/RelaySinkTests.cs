using NUnit.Framework;
using Shouldly;
using Workers.Contracts;
using Workers.Engine.Log;
using Workers.Engine.Store;
using Workers.Handlers.Feeds;
using Workers.Tests.Api;
using Workers.Tests.Store;

namespace Workers.Tests.Feeds;

/// <summary>Feeds whose log is another than the store's: what is published while a sender fails, is told so.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed class RelaySinkTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Test]
    public async Task A_sender_that_failed_while_nobody_waited_is_replaced()
    {
        var log = new OneShotLog();
        using var sink = new RelaySink(log, new TakingStore());
        (await sink.PublishAsync(Part(), CancellationToken.None)).ShouldBe(FlushResult.Committed);
        log.Senders[0].Fail();

        (await sink.PublishAsync(Part(), CancellationToken.None)).ShouldBe(FlushResult.Committed);

        log.Senders.Select(sender => sender.Sent).ShouldBe([1, 1]);
    }

    [Test]
    public async Task A_sender_that_is_given_up_does_not_fail_the_one_after_it()
    {
        var log = new OneShotLog { Acknowledges = false };
        using var sink = new RelaySink(log, new TakingStore());
        using var stopping = new CancellationTokenSource();
        var first = sink.PublishAsync(Part(), stopping.Token);
        await stopping.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => first);
        var second = sink.PublishAsync(Part(), CancellationToken.None);

        log.Senders[0].Fail();
        log.Senders[1].Acknowledge();

        (await second.WaitAsync(Patience)).ShouldBe(FlushResult.Committed);
    }

    [Test]
    public async Task Whenever_a_sender_fails_what_is_published_then_is_told_or_goes_through_another()
    {
        const int Rounds = 10_000;
        var (begun, log, part) = (0, new OneShotLog(), Part());
        var failing = new Thread(() =>
        {
            for (var round = 1; round <= Rounds; round++)
            {
                var from = round;
                SpinWait.SpinUntil(() => Volatile.Read(ref begun) >= from);
                if (Volatile.Read(ref begun) == int.MaxValue)
                {
                    return;
                }

                Thread.SpinWait(round % 64);
                log.Senders[0].Fail();
            }
        })
        { IsBackground = true };
        failing.Start();
        try
        {
            for (var round = 1; round <= Rounds; round++)
            {
                using var sink = new RelaySink(log = new OneShotLog(), new TakingStore());
                await sink.PublishAsync(part, CancellationToken.None);
                Volatile.Write(ref begun, round);
                try
                {
                    (await sink.PublishAsync(part, CancellationToken.None).WaitAsync(Patience)).ShouldBe(FlushResult.Committed);
                }
                catch (LogUnavailableException)
                {
                    // It is published again by whoever asked.
                }

                SpinWait.SpinUntil(() => log.Senders[0].HasFailed);
            }
        }
        finally
        {
            Volatile.Write(ref begun, int.MaxValue);
        }
    }

    private static List<FeedPart> Part()
    {
        var record = new LogRecord { Id = Guid.NewGuid(), Topic = Topics.Events, Key = "k", TimestampMs = 0 };
        return [new FeedPart(new PositionMove("feeds", new PartitionId(Topics.Events, 0), 1, 0, 1), [record], [])];
    }

    private sealed class TakingStore() : WrappedStore(new MemoryState())
    {
        public override Task<FlushResult> FlushAsync(Flush flush) => Task.FromResult(FlushResult.Committed);
    }

    /// <summary>Its senders fail when the test says so; they say it once, and take nothing from then on.</summary>
    private sealed class OneShotLog : IRelayLog
    {
        public bool Acknowledges { get; init; } = true;

        public List<OneShotSender> Senders { get; } = [];

        public IRelaySender OpenSender(Action<Exception> failed)
        {
            Senders.Add(new OneShotSender(failed, Acknowledges));
            return Senders[^1];
        }
    }

    private sealed class OneShotSender(Action<Exception> failed, bool acknowledges) : IRelaySender
    {
        private volatile bool _hasFailed;
        private Action? _acknowledged;

        public int Sent { get; private set; }

        public bool HasFailed { get; private set; }

        public void Send(IReadOnlyList<LogRecord> records, Action acknowledged)
        {
            if (_hasFailed)
            {
                return;
            }

            Sent += records.Count;
            _acknowledged = acknowledged;
            if (acknowledges)
            {
                acknowledged();
            }
        }

        public void Acknowledge() => _acknowledged!();

        public void Fail()
        {
            _hasFailed = true;
            failed(new InvalidOperationException("The test said so."));
            HasFailed = true;
        }

        public void Dispose()
        {
        }
    }
}
