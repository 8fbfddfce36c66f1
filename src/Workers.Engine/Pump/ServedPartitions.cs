using Workers.Engine.Health;
using Workers.Engine.Log;
using Workers.Engine.Store;
using Workers.Engine.Telemetry;

namespace Workers.Engine.Pump;

/// <summary>
/// The partitions that one pump thread serves, as the log assigns them (<see cref="ILogReader.Owned"/>): takes new ones, finishes and releases those that
/// go, drops lost ones. Used by the pump's thread alone.
/// </summary>
internal sealed class ServedPartitions(PumpContext context, ILogReader reader, Func<PartitionId, IPumpPartition> make) : IDisposable
{
    // Who lost a partition to another worker does not take it back at once: the log may just not have told yet whose it is.
    private const long LostForMs = 10_000;
    private const long TellEveryMs = 2_000;
    private const long TakeAgainMs = 500;

    private readonly List<IPumpPartition> _leaving = [];
    private readonly Dictionary<PartitionId, long> _lostAt = [];
    private IReadOnlyList<PartitionId>? _owned;
    private bool _missing;
    private long _takeAtMs;
    private long _toldAtMs;
    private PartitionStatus[] _status = [];
    private int _first;

    public List<IPumpPartition> Serving { get; } = [];

    public List<PartitionCursor> Cursors { get; } = [];

    /// <summary>As it was a few seconds ago; for any thread.</summary>
    public IReadOnlyList<PartitionStatus> Status => Volatile.Read(ref _status);

    /// <summary>The log has said what is served, and that is taken.</summary>
    public bool IsReady => _owned is not null && !_missing;

    public bool Idle => Serving.TrueForAll(p => p.Idle) && _leaving.Count == 0;

    public long NextDueMs => Math.Min(_missing && _takeAtMs > 0 ? _takeAtMs : long.MaxValue, Serving.Count == 0 ? long.MaxValue : Serving.Min(p => p.NextDueMs));

    /// <summary>One step of each; false where there was nothing to do. Each turn another is first, since what they share goes to who asks first.</summary>
    public bool Step(bool stopping)
    {
        var worked = !stopping && Update();
        _first = Serving.Count == 0 ? 0 : (_first + 1) % Serving.Count;
        for (var i = 0; i < Serving.Count; i++)
        {
            worked |= Serving[(_first + i) % Serving.Count].Step(stopping);
        }

        for (var i = _leaving.Count - 1; i >= 0; i--)
        {
            worked |= Leave(_leaving[i]);
        }

        Tell();
        return worked;
    }

    /// <summary>Orderly release of all, once idle.</summary>
    public void Release() => Serving.ForEach(Release);

    public void Dispose()
    {
        Serving.ForEach(p => p.Dispose());
        _leaving.ForEach(p => p.Dispose());
    }

    private bool Update()
    {
        var lost = Serving.FindAll(p => p.Lost && p.Idle);
        foreach (var partition in lost)
        {
            _lostAt[partition.Cursor.Partition] = context.NowMs;
            Remove(partition);
            partition.Dispose();
        }

        var owned = reader.Owned;
        if (ReferenceEquals(owned, _owned) && _lostAt.Count == 0 && !(_missing && context.NowMs >= _takeAtMs))
        {
            return lost.Count > 0;
        }

        foreach (var partition in Serving.FindAll(p => owned?.Contains(p.Cursor.Partition) != true))
        {
            Remove(partition);
            _leaving.Add(partition);
        }

        // What was lost, or could not be taken yet, is not in hand.
        foreach (var gone in (_owned ?? []).Except(owned ?? []).Where(id => !_leaving.Exists(p => p.Cursor.Partition == id)))
        {
            reader.Released(gone);
        }

        _owned = owned;
        return Take(owned ?? []);
    }

    private bool Take(IReadOnlyList<PartitionId> owned)
    {
        var taken = false;
        _missing = false;
        foreach (var id in _lostAt.Where(l => context.NowMs - l.Value >= LostForMs || !owned.Contains(l.Key)).Select(l => l.Key).ToList())
        {
            _lostAt.Remove(id);
        }

        foreach (var id in owned.Where(id => !_lostAt.ContainsKey(id) && !Serving.Exists(p => p.Cursor.Partition == id)))
        {
            if (_leaving.Exists(p => p.Cursor.Partition == id))
            {
                (_missing, _takeAtMs) = (true, 0);
                continue;
            }

            var partition = make(id);
            try
            {
                partition.Take();
            }
            catch (StoreUnavailableException error)
            {
                // It stays ours: who leaves the group for it makes all of its members wait for one another.
                partition.Dispose();
                LogMessages.NotTaken(context.Log, context.Outage.LevelOf(error), id.ToString(), context.Group, error);
                // The others would wait for the store as well, and what goes meanwhile for them.
                (_missing, _takeAtMs) = (true, context.NowMs + TakeAgainMs);
                break;
            }
            catch
            {
                partition.Dispose();
                throw;
            }

            Serving.Add(partition);
            Cursors.Add(partition.Cursor);
            taken = true;
        }

        return taken;
    }

    private bool Leave(IPumpPartition partition)
    {
        if (!partition.Idle)
        {
            return partition.Step(stopping: true);
        }

        _leaving.Remove(partition);
        Release(partition);
        partition.Dispose();
        reader.Released(partition.Cursor.Partition);
        return true;
    }

    private void Release(IPumpPartition partition)
    {
        try
        {
            partition.Release();
        }
        catch (StoreUnavailableException error)
        {
            LogMessages.NotReleased(context.Log, context.Group, partition.Cursor.Partition.ToString(), error.Cause());
        }
    }

    private void Remove(IPumpPartition partition)
    {
        Serving.Remove(partition);
        Cursors.Remove(partition.Cursor);
    }

    private void Tell()
    {
        if (context.NowMs - _toldAtMs < TellEveryMs)
        {
            return;
        }

        _toldAtMs = context.NowMs;
        Volatile.Write(ref _status, [.. Serving.Select(StatusOf)]);
        foreach (var partition in Serving)
        {
            if (partition.Passed > 0)
            {
                reader.Passed(partition.Cursor.Partition, partition.Passed);
            }
        }
    }

    // What was looked at and holds nothing for this partition is behind it, although no position is stored for that.
    private PartitionStatus StatusOf(IPumpPartition partition)
    {
        var (cursor, waits) = (partition.Cursor, partition.Cursor.Pending.TryPeek(out var oldest));
        var passed = waits || !partition.Settled ? partition.Passed : Math.Max(partition.Passed, cursor.Next);
        return new PartitionStatus(context.Group, cursor.Partition, passed, oldest?.TimestampMs ?? 0, partition.SetAside, context.NowMs);
    }
}
