using System.Globalization;
using System.Text;
using Workers.Contracts;
using Workers.Contracts.Headers;
using Workers.Engine.Log;
using Workers.Engine.Store;

namespace Workers.Engine.Pump;

/// <summary>
/// The records of a partition that are to be handled here. Where the log is fed by relays and by other systems, it leaves out what a relay sent
/// twice, and what lies in another partition than its key belongs to: the commands group sends that on, the others read the copy.
/// Tests: ArrivalsTests.
/// </summary>
internal sealed class Arrivals(PumpContext context, PartitionCursor cursor)
{
    private readonly bool _checks = context.Relay is not null;
    private readonly Dictionary<string, long> _seen = [];
    private readonly HashSet<string> _moved = [];
    private readonly List<LogRecord> _misplaced = [];
    private bool _leftOut;

    /// <summary>Something was taken that <see cref="MoveTo"/> has to write, or left out: the position is to go past it, so that nobody looks behind.</summary>
    public bool MustFlush => _leftOut;

    /// <summary>The next record; null where there is none now.</summary>
    public LogRecord? Take()
    {
        while (cursor.Pending.Count > 0)
        {
            var record = cursor.Take();
            if (_checks ? !IsRepeat(record) && IsHere(record) : !context.History.IsOld(record) || IsHere(record))
            {
                return record;
            }

            _leftOut = true;
        }

        return null;
    }

    public void MoveTo(Flush flush)
    {
        foreach (var shard in _moved)
        {
            flush.Seen.Add(new SeenShard(shard, _seen[shard]));
        }

        flush.Outgoing.AddRange(_misplaced);
        _moved.Clear();
        _misplaced.Clear();
        _leftOut = false;
    }

    /// <summary>From what is stored.</summary>
    public void Load()
    {
        _seen.Clear();
        _moved.Clear();
        _misplaced.Clear();
        _leftOut = false;
        if (_checks)
        {
            foreach (var (shard, seq) in context.Reader.Seen(context.Group, cursor.Partition))
            {
                _seen[shard] = seq;
            }
        }
    }

    /// <summary>A relay sends in the order of its numbers, and after a failure again from one that it has sent.</summary>
    /// <param name="highest">Of what was taken of the shard.</param>
    internal static bool IsRepeat(long seq, long highest) => seq <= highest;

    private bool IsRepeat(LogRecord record)
    {
        if (!record.Headers.TryGet(HeaderName.Shard, out var name) || !record.Headers.TryGet(HeaderName.Seq, out var text)
            || !long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seq))
        {
            return false;
        }

        var shard = Encoding.UTF8.GetString(name);
        if (_seen.TryGetValue(shard, out var highest) && IsRepeat(seq, highest))
        {
            return true;
        }

        _seen[shard] = seq;
        _moved.Add(shard);
        return false;
    }

    private bool IsHere(LogRecord record)
    {
        if (record.Key.Length == 0 || Murmur2.Partition(record.Key, context.Partitions) == record.Partition)
        {
            return true;
        }

        // What lay here before the partitions grew, and is read again since somebody has set the position, has no copy yet.
        if (context.Group == CommandsGroup || context.History.Belonged(record))
        {
            _misplaced.Add(new LogRecord
            {
                Id = record.Id,
                Topic = record.Topic,
                Key = record.Key,
                TimestampMs = record.TimestampMs,
                Headers = record.HeadersToPass,
                Value = record.Value,
            });
        }

        return false;
    }

    private const string CommandsGroup = "commands";
}
