using Microsoft.Extensions.Logging;
using Workers.Engine.Health;
using Workers.Engine.Log;
using Workers.Engine.Store;
using Workers.Engine.Telemetry;

namespace Workers.Engine.Follow;

/// <summary>A group that reads whole topics and writes into a store of its own.</summary>
public sealed record FollowGroup(string Name, IReadOnlyList<string> Topics, IFollowHandler Handler);

/// <summary>
/// The thread of a group that nobody waits for (projections, audit): reads the partitions that the log gives it, and writes what its handler makes of a batch
/// together with the positions, one commit at a time. A failure takes the positions anew and goes on there; a record that cannot be read
/// is logged, counted and passed over. Tests: FollowerTests.
/// </summary>
public sealed class Follower : IDisposable, IGroupStatus
{
    // What is read ahead of a batch, unless a single record is larger.
    private const int MostRecords = 8_000;
    private const long MostBytes = 16 << 20;

    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(1);

    private readonly FollowOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly ILog _log;
    private readonly Thread _thread;
    private readonly Signal _wake = new();
    private readonly ManualResetEvent _stop = new(false);
    private readonly CancellationTokenSource _abandon = new();
    private readonly FollowProgress _progress;
    private readonly FollowCare _care;
    private readonly HaltedPartitions? _halted;
    private readonly PartitionHistory _history;
    private readonly IReadOnlyList<IPositionStore> _positions;
    private readonly Outage _outage = new();
    private IReadOnlyList<PartitionId> _served = [];
    private volatile bool _ready;
    private volatile bool _stopping;

    /// <param name="history">Where records lay before the partitions grew; null: they never did.</param>
    /// <param name="positions">The stores that the group's positions may be in, for those of other processes.</param>
    public Follower(
        FollowGroup group, ILog log, TimeProvider clock, ILogger<Follower> logger, FollowOptions? options = null, HaltedPartitions? halted = null,
        PartitionHistory? history = null, IEnumerable<IPositionStore>? positions = null)
    {
        (_history, _positions) = (history ?? PartitionHistory.None, [.. positions ?? []]);
        (Group, _log, _clock, _logger, _options, _halted) = (group, log, clock, logger, options ?? new FollowOptions(), halted);
        _progress = new FollowProgress(group.Name, log, group.Topics, clock);
        _care = new FollowCare(_options);
        _thread = new Thread(Run) { IsBackground = true, Name = $"follow {group.Name}" };
    }

    public FollowGroup Group { get; }

    /// <summary>Set before the start; null shows nothing.</summary>
    public RecordSpans? Spans { get; init; }

    public string Name => Group.Name;

    public IReadOnlyList<string> Reads => Group.Topics;

    /// <summary>True once the group has taken its positions.</summary>
    public bool IsReady => _ready;

    public IReadOnlyList<PartitionStatus> Status => _progress.Status;

    /// <summary>Records written since the start.</summary>
    public long Applied => _progress.Applied;

    /// <summary>Records that could not be read or stored since the start; each is in the log as an error.</summary>
    public long Skipped => _progress.Skipped;

    /// <summary>Offsets between the ends of the topics and what is written: no fewer than the records that wait.</summary>
    public ValueTask<long> LagAsync(CancellationToken cancellation) => _progress.LagAsync(cancellation);

    public void Start() => _thread.Start();

    /// <summary>Finishes the batch in hand; false where that took longer than <paramref name="limit"/>: it is then given up, and nothing of it is lost.</summary>
    public bool Stop(TimeSpan limit)
    {
        _stopping = true;
        _stop.Set();
        _wake.Set();
        if (!_thread.IsAlive || _thread.Join(limit))
        {
            return true;
        }

        _abandon.Cancel();
        return false;
    }

    public void Dispose()
    {
        Stop(TimeSpan.Zero);
        if (_thread.IsAlive)
        {
            // The thread still holds them; it is a background thread and ends with the process.
            return;
        }

        _wake.Dispose();
        _stop.Dispose();
        _abandon.Dispose();
    }

    private void Run()
    {
        var backoff = _options.Backoff;
        ILogReader? reader = null;
        while (!_stopping)
        {
            var before = _progress.Applied;
            var stays = false;
            try
            {
                Serve(reader ??= Join());
            }
#pragma warning disable CA1031 // The loop of a group outlives any failure: what was in hand is read again from the stored positions.
            catch (Exception error)
#pragma warning restore CA1031
            {
                // A store that is away is no reason to leave the group: each leaving and joining makes all of its members wait for one another.
                stays = error is StoreUnavailableException;
                if (!_stopping)
                {
                    LogMessages.FollowFailed(_logger, _outage.LevelOf(error), Group.Name, error);
                }
            }

            if (!stays)
            {
                Leave(reader);
                reader = null;
            }

            backoff = _progress.Applied > before ? _options.Backoff : backoff;
            _stop.WaitOne(backoff);
            backoff = backoff * 2 < _options.LongestBackoff ? backoff * 2 : _options.LongestBackoff;
        }

        Leave(reader);
    }

    private void Leave(ILogReader? reader)
    {
        try
        {
            reader?.Dispose();
        }
#pragma warning disable CA1031 // The group goes on with another one.
        catch (Exception error)
#pragma warning restore CA1031
        {
            LogMessages.FollowFailed(_logger, _outage.LevelOf(error), Group.Name, error);
        }
    }

    private ILogReader Join()
    {
        _served = [];
        return _log.Join(new GroupMember(Group.Name, Group.Topics, 0, 1), _wake);
    }

    /// <summary>Returns when stopping, or when a position was moved by somebody else.</summary>
    private void Serve(ILogReader reader)
    {
        while (!_stopping)
        {
            if (reader.Owned is not { } owned)
            {
                _wake.Wait(TimeSpan.FromSeconds(1));
                continue;
            }

            foreach (var gone in _served.Except(owned))
            {
                reader.Released(gone);
            }

            _served = owned;
            if (!Serve(reader, owned))
            {
                LogMessages.FollowMoved(_logger, Group.Name);
                return;
            }
        }
    }

    /// <summary>Serves these partitions for as long as they are ours. False where a position was moved by somebody else.</summary>
    private bool Serve(ILogReader reader, IReadOnlyList<PartitionId> owned)
    {
        Group.Handler.Reset();
        var partitions = Take(owned);
        var cursors = partitions.ConvertAll(p => p.Cursor);
        var order = new GrowthOrder(Group.Name, partitions, _history, _log, _positions);
        var batch = new FollowBatch(Group.Handler, partitions, _log, _care, _progress, _history, order, Spans is null ? null : new FollowSpans(Spans, Group.Name), _logger);
        _ready = true;
        long? last = null;
        var looked = _clock.GetTimestamp();
        while (!_stopping && ReferenceEquals(reader.Owned, owned))
        {
            if (_clock.GetElapsedTime(looked) >= LookAgain)
            {
                looked = _clock.GetTimestamp();
                TakeHalted(partitions, cursors);
            }

            var isAtEnd = Fill(reader, cursors);
            if (isAtEnd && Waiting(cursors) is > 0 and var few && few < _options.FewRecords && last is { } at && _clock.GetElapsedTime(at) < _options.Busy)
            {
                _stop.WaitOne(_options.Linger);
                isAtEnd = Fill(reader, cursors);
            }

            if (!batch.Run(_options.IdleAdvance, _abandon.Token, out var moved))
            {
                _wake.Wait(TimeSpan.FromSeconds(1));
            }
            else if (moved)
            {
                return false;
            }
            else
            {
                if (_outage.Ends())
                {
                    LogMessages.GoesOn(_logger, Group.Name);
                }

                last = _clock.GetTimestamp();
                partitions.ForEach(p => reader.Passed(p.Cursor.Partition, p.Offset));
                if (isAtEnd && batch.Count >= _options.FewRecords && Waiting(cursors) == 0 && IsFresh(batch.NewestMs))
                {
                    _stop.WaitOne(_options.Pace);
                }
            }
        }

        return true;
    }

    /// <summary>Reads on until there is as much as fits into a batch. True where that was all that the reader has.</summary>
    private bool Fill(ILogReader reader, List<PartitionCursor> cursors)
    {
        while (Waiting(cursors) < Math.Min(_options.BatchRecords, MostRecords) && cursors.Sum(c => c.PendingBytes) < MostBytes)
        {
            if (!reader.Fill(cursors))
            {
                return cursors.TrueForAll(c => c.HasRoom || c.Halted is not null);
            }
        }

        return false;
    }

    // What the reader has may be not all that the brokers have: who is behind reads old records.
    private bool IsFresh(long newestMs) => _clock.GetUtcNow() - DateTimeOffset.FromUnixTimeMilliseconds(newestMs) < Fresh;

    private static int Waiting(List<PartitionCursor> cursors) => cursors.Sum(c => c.Pending.Count);

    /// <summary>Somebody may have set the position of a partition that stands still.</summary>
    private void TakeHalted(List<FollowedPartition> partitions, List<PartitionCursor> cursors)
    {
        for (var i = 0; i < partitions.Count; i++)
        {
            if (cursors[i].Halted is not { } reason)
            {
                _halted?.Tell(Group.Name, cursors[i].Partition, null);
                continue;
            }

            if (_halted?.Tell(Group.Name, cursors[i].Partition, reason) == true)
            {
                LogMessages.PartitionHalted(_logger, HaltedPartitions.Sentence(Group.Name, cursors[i].Partition, reason));
            }

            Group.Handler.Reset();
            partitions[i] = Take(cursors[i].Partition);
            cursors[i] = partitions[i].Cursor;
        }
    }

    private List<FollowedPartition> Take(IReadOnlyList<PartitionId> owned)
    {
        foreach (var topic in Group.Topics)
        {
            for (var number = 0; number < _log.Partitions(topic); number++)
            {
                _halted?.Tell(Group.Name, new PartitionId(topic, number), null);
            }
        }

        var partitions = owned.Select(Take).ToList();

        _progress.Taken(partitions);
        return partitions;
    }

    private FollowedPartition Take(PartitionId id) =>
        new(Group.Name, id, Group.Handler.TakeAsync(Group.Name, id, _abandon.Token).GetAwaiter().GetResult());
}
