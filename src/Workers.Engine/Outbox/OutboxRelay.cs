using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Workers.Engine.Health;
using Workers.Engine.Log;
using Workers.Engine.Store;
using Workers.Engine.Telemetry;

namespace Workers.Engine.Outbox;

/// <summary>
/// One thread that sends the outbox of all partitions that this process owns. A sender that fails is replaced, and what it had not acknowledged is sent
/// again in the same order; who takes a partition over does the same with what is left in the store. Tests: OutboxRelayTests.
/// </summary>
public sealed class OutboxRelay : IDisposable
{
    private static readonly TimeSpan Backoff = TimeSpan.FromMilliseconds(500);

    private readonly IOutboxStore _store;
    private readonly IRelayLog _log;
    private readonly ILogger _logger;
    private readonly Thread _thread;
    private readonly Signal _wake = new();
    private readonly ConcurrentQueue<ShardRelay> _ready = new();
    private readonly List<ShardRelay> _shards = [];
    private readonly Outage _outage = new();
    private volatile Exception? _failure;
    private volatile bool _stopping;

    public OutboxRelay(IOutboxStore store, IRelayLog log, ILogger<OutboxRelay> logger)
    {
        (_store, _log, _logger) = (store, log, logger);
        _thread = new Thread(Run) { IsBackground = true, Name = "outbox relay" };
        _thread.Start();
    }

    /// <summary>Nothing more is sent; what is left is sent by who has the partitions next.</summary>
    public void Dispose()
    {
        lock (_shards)
        {
            _stopping = true;
            _wake.Set();
        }

        _thread.Join();
        _wake.Dispose();
    }

    /// <summary>Records that are committed and not acknowledged by the log.</summary>
    public int Waiting => All().Sum(shard => shard.Waiting);

    /// <summary>Set before the first partition is taken; null times nothing.</summary>
    public EngineMeter? Meter { get; init; }

    /// <summary>Set before the first partition is taken; null shows nothing.</summary>
    public RecordSpans? Spans { get; init; }

    /// <summary>The shard of a partition that was just taken.</summary>
    /// <param name="wake">Set when more of it is in the log.</param>
    internal ShardRelay Open(string group, PartitionId partition, Signal wake)
    {
        var shard = new ShardRelay(_store, group, partition, Ready, wake.Set, Meter, Spans);
        lock (_shards)
        {
            _shards.Add(shard);
        }

        return shard;
    }

    internal void Close(ShardRelay shard)
    {
        shard.Close();
        lock (_shards)
        {
            _shards.Remove(shard);
        }
    }

    private void Ready(ShardRelay shard)
    {
        lock (_shards)
        {
            if (!_stopping)
            {
                _ready.Enqueue(shard);
                _wake.Set();
            }
        }
    }

    private void Run()
    {
        while (!_stopping)
        {
            try
            {
                Serve();
            }
#pragma warning disable CA1031 // The loop outlives any failure: what was not acknowledged is sent again.
            catch (Exception error)
#pragma warning restore CA1031
            {
                LogMessages.RelayFailed(_logger, _outage.LevelOf(error), error);
                _wake.Wait(Backoff);
            }
        }
    }

    private void Serve()
    {
        _failure = null;
        using var sender = _log.OpenSender(error =>
        {
            _failure = error;
            _wake.Set();
        });
        foreach (var shard in All())
        {
            shard.Again(sender);
            shard.Advance(sender);
        }

        while (!_stopping && _failure is null)
        {
            while (_failure is null && !_stopping && _ready.TryDequeue(out var shard))
            {
                shard.Advance(sender);
            }

            if (_failure is null && _outage.Ends())
            {
                LogMessages.GoesOn(_logger, "outbox");
            }

            _wake.Wait(Backoff);
        }

        if (_failure is { } failure)
        {
            LogMessages.RelayFailed(_logger, _outage.LevelOf(failure), failure);
        }
    }

    private ShardRelay[] All()
    {
        lock (_shards)
        {
            return [.. _shards];
        }
    }
}
