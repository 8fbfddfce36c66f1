using System.Collections.Concurrent;
using Workers.Engine.Log;
using Workers.Engine.Store;

namespace Workers.Engine.Outbox;

/// <summary>
/// The outbox of one shard, sent by the owner of its partition: first what is left in the store, then what the pump hands over after each commit. Nothing
/// is sent before what is before it, so a reader that keeps the highest seq drops exactly the repeats.
/// </summary>
internal sealed class ShardRelay(IOutboxStore store, string group, PartitionId partition, Action<ShardRelay> ready, Action wake)
{
    private const int Batches = 16;

    private readonly Lock _gate = new();
    private readonly ConcurrentQueue<OutboxBatch> _arrived = new();
    private readonly Queue<Pending> _pending = new();
    private bool _complete;
    private long _last;
    private long _sent;
    private int _waiting;
    private volatile bool _closed;

    /// <summary>As readers know it.</summary>
    public string Name { get; } = $"{store.Installation}-{group}-{partition}";

    /// <summary>Everything up to this seq is in the log.</summary>
    public long Sent => Interlocked.Read(ref _sent);

    /// <summary>Records that were handed over and are not acknowledged.</summary>
    public int Waiting => Volatile.Read(ref _waiting);

    /// <summary>The pump's, after the commit.</summary>
    public void Send(OutboxBatch batch)
    {
        Interlocked.Add(ref _waiting, batch.Records.Count);
        _arrived.Enqueue(batch);
        ready(this);
    }

    /// <summary>The store may hold batches that were not handed over: after the taking of the partition, after a flush whose result is unknown.</summary>
    public void Look()
    {
        lock (_gate)
        {
            _complete = false;
        }

        ready(this);
    }

    /// <summary>The partition is somebody else's: what is left is sent by them.</summary>
    public void Close() => _closed = true;

    /// <summary>The relay's thread: sends what is new. Throws what the store or the sender throws; calling again goes on from there.</summary>
    public void Advance(IRelaySender sender)
    {
        while (!_closed && !IsComplete())
        {
            var batches = store.ReadAsync(group, partition, _last, Batches, CancellationToken.None).GetAwaiter().GetResult();
            foreach (var batch in batches)
            {
                Interlocked.Add(ref _waiting, batch.Records.Count);
                Queue(batch, sender);
            }

            lock (_gate)
            {
                _complete = batches.Count < Batches;
            }
        }

        while (!_closed && _arrived.TryDequeue(out var batch))
        {
            if (batch.LastSeq > _last)
            {
                Queue(batch, sender);
            }
            else
            {
                // It was read from the store.
                Interlocked.Add(ref _waiting, -batch.Records.Count);
            }
        }
    }

    /// <summary>The relay's thread, with a new sender: everything that is not acknowledged, in order.</summary>
    public void Again(IRelaySender sender)
    {
        Pending[] left;
        lock (_gate)
        {
            left = [.. _pending];
        }

        foreach (var pending in left)
        {
            if (!_closed && !pending.Done)
            {
                sender.Send(pending.Batch.Records, () => Acknowledge(pending));
            }
        }
    }

    private bool IsComplete()
    {
        lock (_gate)
        {
            return _complete;
        }
    }

    private void Queue(OutboxBatch batch, IRelaySender sender)
    {
        var pending = new Pending(batch);
        lock (_gate)
        {
            _pending.Enqueue(pending);
        }

        _last = batch.LastSeq;
        sender.Send(batch.Records, () => Acknowledge(pending));
    }

    private void Acknowledge(Pending pending)
    {
        lock (_gate)
        {
            pending.Done = true;
            while (_pending.TryPeek(out var first) && first.Done)
            {
                _pending.Dequeue();
                Interlocked.Exchange(ref _sent, first.Batch.LastSeq);
                Interlocked.Add(ref _waiting, -first.Batch.Records.Count);
            }
        }

        wake();
    }

    private sealed class Pending(OutboxBatch batch)
    {
        public OutboxBatch Batch => batch;

        public bool Done { get; set; }
    }
}
