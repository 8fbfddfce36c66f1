using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using Workers.Engine.Faults;
using Workers.Engine.Log;
using Workers.Engine.Store;
using Workers.Engine.Telemetry;

namespace Workers.Engine.Outbox;

/// <summary>
/// The outbox of one shard, sent by the owner of its partition: first what is left in the store, then what the pump hands over after each commit. Nothing
/// is sent before what is before it, so a reader that keeps the highest seq drops exactly the repeats.
/// </summary>
internal sealed class ShardRelay(IOutboxStore store, string group, PartitionId partition, Action<ShardRelay> ready, Action wake,
    EngineMeter? meter = null, RecordSpans? spans = null)
{
    private const int Batches = 16;

    private readonly Lock _gate = new();
    private readonly ConcurrentQueue<OutboxBatch> _arrived = new();
    private readonly Queue<Pending> _pending = new();
    private int _looks;
    private int _read;
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
            _looks++;
        }

        ready(this);
    }

    /// <summary>The partition is somebody else's: what is left is sent by them.</summary>
    public void Close() => _closed = true;

    /// <summary>The relay's thread: sends what is new. Throws what the store or the sender throws; calling again goes on from there.</summary>
    public void Advance(IRelaySender sender)
    {
        while (!_closed)
        {
            if (MustRead(out var looks))
            {
                Read(sender, looks);
            }
            else if (!TryTake(out var batch))
            {
                return;
            }
            else if (batch.LastSeq > _last)
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

    private bool MustRead(out int looks)
    {
        lock (_gate)
        {
            looks = _looks;
            return looks != _read;
        }
    }

    private void Read(IRelaySender sender, int looks)
    {
        var batches = store.ReadAsync(group, partition, _last, Batches, CancellationToken.None).GetAwaiter().GetResult();
        foreach (var batch in batches)
        {
            Interlocked.Add(ref _waiting, batch.Records.Count);
            Queue(batch, sender);
        }

        if (batches.Count < Batches)
        {
            lock (_gate)
            {
                _read = looks;
            }
        }
    }

    // What was handed over after a look is not taken before the store was read.
    private bool TryTake([MaybeNullWhen(false)] out OutboxBatch batch)
    {
        lock (_gate)
        {
            batch = null;
            return _looks == _read && _arrived.TryDequeue(out batch);
        }
    }

    private void Queue(OutboxBatch batch, IRelaySender sender)
    {
        var pending = new Pending(batch, Spans(batch.Records));
        lock (_gate)
        {
            _pending.Enqueue(pending);
        }

        _last = batch.LastSeq;
        FailPoint.Hit("relay-before-send");
        sender.Send(batch.Records, () => Acknowledge(pending));
        FailPoint.Hit("relay-after-send");
    }

    private void Acknowledge(Pending pending)
    {
        FailPoint.Hit("relay-before-mark");
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

        pending.Spans?.ForEach(static span => span.Dispose());
        meter?.Relayed(group, pending.At);
        wake();
    }

    /// <summary>Those of records whose trace is recorded, until they are acknowledged; null for none.</summary>
    private List<Activity>? Spans(IReadOnlyList<LogRecord> records)
    {
        if (spans?.IsOn != true)
        {
            return null;
        }

        List<Activity>? begun = null;
        foreach (var record in records)
        {
            if (spans.Send([record], begins: false) is { } span)
            {
                // Of many at once none is the current one.
                Activity.Current = null;
                (begun ??= []).Add(span);
            }
        }

        return begun;
    }

    private sealed class Pending(OutboxBatch batch, List<Activity>? spans)
    {
        public OutboxBatch Batch => batch;

        public List<Activity>? Spans => spans;

        public long At { get; } = Stopwatch.GetTimestamp();

        public bool Done { get; set; }
    }
}
