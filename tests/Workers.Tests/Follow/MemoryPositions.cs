using Workers.Engine.Log;
using Workers.Engine.Store;

namespace Workers.Tests.Follow;

/// <summary>Positions as a store keeps them: compare-and-set, all of a batch or none; and who waits for what is written.</summary>
internal sealed class MemoryPositions
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly Dictionary<PartitionId, PositionRow> _rows = [];
    private readonly List<(Func<bool> Holds, TaskCompletionSource Done)> _waiting = [];

    /// <summary>Run before a commit, outside the transaction; what it throws is the commit's failure.</summary>
    public Action? BeforeCommit { get; set; }

    /// <summary>Run after a commit: what it throws is told although all is written.</summary>
    public Action? AfterCommit { get; set; }

    public int Commits { get; private set; }

    public PositionRow this[PartitionId partition]
    {
        get
        {
            lock (_rows)
            {
                return _rows.GetValueOrDefault(partition) ?? new PositionRow(0, 0, 0, true, 0, -1, 0);
            }
        }
    }

    public PositionRow Take(PartitionId partition)
    {
        lock (_rows)
        {
            var before = this[partition];
            _rows[partition] = before with { Epoch = before.Epoch + 1, Clean = false };
            return before with { Epoch = before.Epoch + 1 };
        }
    }

    public FlushResult Commit(IReadOnlyList<PositionMove> moves, Action write)
    {
        BeforeCommit?.Invoke();
        lock (_rows)
        {
            if (moves.Any(m => this[m.Partition] is var row && (row.Turn, row.Epoch) != (m.Turn, m.Epoch)))
            {
                return FlushResult.Moved;
            }

            foreach (var move in moves)
            {
                _rows[move.Partition] = this[move.Partition] with { Offset = move.Offset, Turn = move.Turn + 1 };
            }

            write();
            Commits++;
        }

        Tell();
        AfterCommit?.Invoke();
        return FlushResult.Committed;
    }

    /// <summary>Returns when something written has made it true.</summary>
    public Task Until(Func<bool> holds)
    {
        lock (_rows)
        {
            if (holds())
            {
                return Task.CompletedTask;
            }

            var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add((holds, done));
            return done.Task.WaitAsync(Patience);
        }
    }

    /// <summary>For conditions that something else than a commit makes true.</summary>
    public void Tell()
    {
        lock (_rows)
        {
            foreach (var (_, done) in _waiting.Where(w => w.Holds()).ToList())
            {
                done.TrySetResult();
            }
        }
    }
}
