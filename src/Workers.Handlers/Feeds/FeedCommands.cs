using Workers.Contracts;
using Workers.Engine.Log;
using Workers.Engine.Projections;
using Workers.Handlers.Projections;

namespace Workers.Handlers.Feeds;

/// <summary>
/// The records of commands whose end is told of: those that came lately are remembered, others are read from the log again, in order, since what is missing once
/// (this process has just started, another reads that partition) is missing many times.
/// </summary>
internal sealed class FeedCommands(ILog log, SensitiveMask mask) : IDisposable
{
    private const int Remembered = 20_000;
    private const long Near = 10_000;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly Recent<Guid, LogRecord> _records = new(Remembered);
    private readonly Recent<Guid, bool> _overtaken = new(Remembered);
    private readonly Dictionary<PartitionId, PartitionCursor> _cursors = [];
    private readonly Signal _wake = new();
    private ILogReader? _reader;

    /// <summary>False where its end was told of already, so that it cannot be told that it waits.</summary>
    public bool Accepted(LogRecord record)
    {
        _records.Set(record.Id, record);
        return !_overtaken.Remove(record.Id, out _);
    }

    /// <summary>The command as it was accepted; null where the log has it no longer.</summary>
    /// <param name="id">Ours.</param>
    /// <param name="at">Where its record lies, if that is known.</param>
    public CommandRow? Take(Guid id, (PartitionId Partition, long Offset)? at)
    {
        if (_records.Remove(id, out var record))
        {
            return Show(record!);
        }

        _overtaken.Set(id, true);
        record = at is { } place && place.Offset >= 0 ? Read(place.Partition, place.Offset) : null;
        return record is null ? null : Show(record);
    }

    /// <summary>A record as it is listed.</summary>
    public CommandRow Show(LogRecord record) => CommandRow.Shown(record, mask);

    public void Clear()
    {
        _records.Clear();
        _overtaken.Clear();
    }

    public void Dispose()
    {
        _reader?.Dispose();
        _wake.Dispose();
    }

    private LogRecord? Read(PartitionId partition, long offset)
    {
        _reader ??= log.OpenReader([Topics.Commands, Topics.Control], _wake);
        if (!_cursors.TryGetValue(partition, out var cursor))
        {
            _cursors[partition] = cursor = new PartitionCursor(partition, offset);
        }

        var first = cursor.Pending.TryPeek(out var head) ? head.Offset : cursor.Next;
        if (cursor.Halted is not null || offset < first || offset > first + Near)
        {
            cursor.Rewind(offset);
        }

        var until = Environment.TickCount64 + (long)Patience.TotalMilliseconds;
        while (true)
        {
            while (cursor.Pending.Count > 0)
            {
                var record = cursor.Take();
                if (record.Offset >= offset)
                {
                    return record.Offset == offset ? record : null;
                }

                // Those between are likely to end soon.
                _records.Set(record.Id, record);
            }

            if (Fill(cursor))
            {
                continue;
            }

            if (cursor.Halted is not null || cursor.Next > offset)
            {
                return null;
            }

            if (Environment.TickCount64 > until)
            {
                throw new LogUnavailableException($"The command at {partition}, {offset} could not be read in {Patience.TotalSeconds} s.");
            }

            _wake.Wait(TimeSpan.FromMilliseconds(100));
        }
    }

    private bool Fill(PartitionCursor cursor)
    {
        try
        {
            return _reader!.Fill([cursor]);
        }
        catch (LogUnavailableException)
        {
            // It is of no use any more.
            _reader!.Dispose();
            _reader = null;
            _cursors.Clear();
            throw;
        }
    }
}
