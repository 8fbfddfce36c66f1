using System.Collections.Concurrent;
using Workers.Contracts;
using Workers.Engine.Log;

namespace Workers.Conformance.Kafka;

/// <summary>A member of a group as a pump is one: a thread that fills cursors of what it owns and releases what it no longer does.</summary>
internal sealed class Member : IDisposable
{
    private readonly ILogReader _reader;
    private readonly Signal _wake = new();
    private readonly Thread _thread;
    private readonly Dictionary<PartitionId, PartitionCursor> _cursors = [];
    private readonly Func<PartitionId, long> _position;
    private volatile bool _stopping;

    /// <param name="position">Where a partition that was given is read from.</param>
    public Member(ILog log, Func<PartitionId, long> position, string group = "g", string topic = Topics.Commands)
    {
        _position = position;
        _reader = log.Join(new GroupMember(group, [topic], 0, 1), _wake);
        _thread = new Thread(Run) { IsBackground = true };
        _thread.Start();
    }

    public IReadOnlyList<PartitionId> Owned => _reader.Owned ?? [];

    public ConcurrentQueue<LogRecord> Read { get; } = new();

    /// <summary>Why a partition stands still.</summary>
    public ConcurrentDictionary<PartitionId, string> Halted { get; } = new();

    /// <summary>Called before a partition is released.</summary>
    public Action<PartitionId> Releasing { get; set; } = _ => { };

    public ILogReader Reader => _reader;

    /// <summary>Leaves as a pump does: all is released first.</summary>
    public void Dispose()
    {
        _stopping = true;
        _wake.Set();
        _thread.Join();
        _reader.Dispose();
        _wake.Dispose();
    }

    private void Run()
    {
        while (!_stopping)
        {
            var owned = Owned;
            foreach (var gone in _cursors.Keys.Except(owned).ToList())
            {
                _cursors.Remove(gone);
                Releasing(gone);
                _reader.Released(gone);
            }

            foreach (var come in owned.Except(_cursors.Keys).ToList())
            {
                _cursors.Add(come, new PartitionCursor(come, _position(come)));
            }

            if (!_reader.Fill([.. _cursors.Values]))
            {
                _wake.Wait(TimeSpan.FromMilliseconds(100));
            }

            foreach (var cursor in _cursors.Values)
            {
                while (cursor.Pending.Count > 0)
                {
                    Read.Enqueue(cursor.Take());
                }

                if (cursor.Halted is { } why)
                {
                    Halted[cursor.Partition] = why;
                }
            }
        }
    }
}
