using Microsoft.Extensions.Logging;
using Workers.Engine.Store;
using Workers.Sqlite.Writing;

namespace Workers.Sqlite.Log;

/// <summary>
/// Retention: deletes records that are older than <see cref="SqliteOptions.Retention"/> and that every group registered on their topic has read, in
/// commits of at most 1,000 rows so that nobody waits for it. Above 80 % of the log's bound age no longer counts. Then outcomes and callers' keys that are
/// older than <see cref="SqliteOptions.OutcomeRetention"/>.
/// </summary>
internal sealed class LogTrimmer : IDisposable
{
    private const int Step = 1_000;
    private readonly Writer _writer;
    private readonly Positions _positions;
    private readonly LogCounters _published;
    private readonly SqliteOptions _options;
    private readonly TimeProvider _time;
    private readonly RetentionLoop _loop;
    private readonly Dictionary<int, long> _trimmedTo = [];

    public LogTrimmer(Writer writer, Positions positions, LogCounters published, SqliteOptions options, TimeProvider time, ILogger logger)
    {
        (_writer, _positions, _published, _options, _time) = (writer, positions, published, options, time);
        _loop = new RetentionLoop(time, options.TrimEvery, TrimAsync, error => LogMessages.TrimFailed(logger, error, options.Path));
    }

    /// <summary>Trims what may go now. The number of records deleted.</summary>
    public async Task<int> TrimAsync()
    {
        var bound = await _writer.Enqueue(MarkNow).ConfigureAwait(false);
        var deleted = 0;
        while (true)
        {
            var tight = _published.Bytes > _options.MaxBytes / 10 * 8;
            var upTo = tight ? _published.Next : bound;
            var step = await _writer.Enqueue(context => Trim(context, upTo)).ConfigureAwait(false);
            deleted += step;
            if (step == 0)
            {
                await TrimOutcomesAsync().ConfigureAwait(false);
                return deleted;
            }
        }
    }

    public void Dispose() => _loop.Dispose();

    private Task TrimOutcomesAsync()
    {
        var before = (_time.GetUtcNow() - _options.OutcomeRetention).ToUnixTimeMilliseconds();
        return RetentionLoop.ForgetOutcomesAsync(
            from => _writer.Enqueue(context => context.Outcomes.Trim(from, before, Step)),
            () => _writer.Enqueue(context => context.CallerKeys.Trim(before, Step)));
    }

    // Notes where the log ends now, and finds where it ended when what is now too old was new.
    private long MarkNow(WriteContext context)
    {
        var now = _time.GetUtcNow();
        var connection = context.Connection;
        connection["INSERT OR REPLACE INTO log_marks(at_ms, next) VALUES(?, ?)"].Add(now.ToUnixTimeMilliseconds()).Add(context.Counters.Next).Run();
        context.SaveCounters();
        var mark = connection["SELECT at_ms, next FROM log_marks WHERE at_ms <= ? ORDER BY at_ms DESC LIMIT 1"]
            .Add((now - _options.Retention).ToUnixTimeMilliseconds());
        if (!mark.Step())
        {
            return 0;
        }

        var (at, next) = (mark.Int64(0), mark.Int64(1));
        mark.Reset();
        connection["DELETE FROM log_marks WHERE at_ms < ?"].Add(at).Run();
        return next;
    }

    private int Trim(WriteContext context, long upTo)
    {
        var read = new Dictionary<string, long>();
        foreach (var (_, partition, row) in _positions.All())
        {
            read[partition.Topic] = Math.Min(row.Offset, read.GetValueOrDefault(partition.Topic, long.MaxValue));
        }

        foreach (var topic in context.Topics.All)
        {
            var end = Math.Min(upTo, read.GetValueOrDefault(topic.Name, upTo));
            var from = _trimmedTo.GetValueOrDefault(topic.Id);
            if (from < end)
            {
                var (deleted, to) = Delete(context, topic.Id, from, end);
                _trimmedTo[topic.Id] = to;
                if (deleted > 0)
                {
                    context.SaveCounters();
                    return deleted;
                }
            }
        }

        return 0;
    }

    private static (int Deleted, long To) Delete(WriteContext context, int topic, long from, long end)
    {
        var (seqs, bytes) = (new List<long>(), 0L);
        var rows = context.Connection["SELECT seq, length(record) FROM log WHERE seq >= ? AND seq < ? AND topic = ? ORDER BY seq LIMIT ?"]
            .Add(from).Add(end).Add(topic).Add(Step);
        while (rows.Step())
        {
            seqs.Add(rows.Int64(0));
            bytes += rows.Int64(1);
        }

        var delete = context.Connection["DELETE FROM log WHERE seq = ?"];
        foreach (var seq in seqs)
        {
            delete.Add(seq).Run();
        }

        if (seqs.Count > 0)
        {
            context.Connection["INSERT INTO log_trimmed(topic, upto) VALUES(?, ?) ON CONFLICT DO UPDATE SET upto = excluded.upto"].Add(topic).Add(seqs[^1] + 1).Run();
        }

        context.Counters.Bytes -= bytes;
        return (seqs.Count, seqs.Count < Step ? end : seqs[^1] + 1);
    }
}
