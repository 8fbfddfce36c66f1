using Microsoft.Extensions.Logging;
using Workers.Engine.Store;
using Workers.Sqlite.Writing;

namespace Workers.Sqlite.Log;

/// <summary>
/// Retention: deletes records that are older than <see cref="SqliteOptions.Retention"/> and that every group registered on their topic has read, whichever
/// store its position is in, in commits of at most 1,000 rows, looked for among at most 10,000, so that nobody waits for it. Above 80 % of the log's bound age no longer counts,
/// above 90 % not either what groups have not read that nobody serves (<see cref="LogUse"/>): everything would be refused otherwise. Then outcomes and callers' keys that are
/// older than <see cref="SqliteOptions.OutcomeRetention"/>; then the room goes back to the disk. Tests: SqliteDayTests.
/// </summary>
internal sealed class LogTrimmer : IDisposable
{
    private const int Rows = 1_000;
    private const int Looked = 10_000;
    private readonly Writer _writer;
    private readonly LogUse _use;
    private readonly LogCounters _published;
    private readonly SqliteOptions _options;
    private readonly TimeProvider _time;
    private readonly RetentionLoop _loop;
    private readonly Dictionary<int, long> _trimmedTo = [];
    private readonly Shrinking[] _files;

    /// <param name="others">Writers of other files that become smaller too.</param>
    public LogTrimmer(Writer writer, IEnumerable<Writer> others, LogUse use, LogCounters published, SqliteOptions options, TimeProvider time, ILogger logger)
    {
        (_writer, _use, _published, _options, _time) = (writer, use, published, options, time);
        _files = [new Shrinking(writer), .. others.Select(other => new Shrinking(other))];
        _loop = new RetentionLoop(time, options.TrimEvery, TrimAsync, error => LogMessages.TrimFailed(logger, error, options.Path));
    }

    /// <summary>Trims what may go now. The number of records deleted.</summary>
    public async Task<int> TrimAsync()
    {
        var bound = await _writer.Enqueue(MarkNow).ConfigureAwait(false);
        var deleted = 0;
        if (await _use.OthersAsync().ConfigureAwait(false) is { } others)
        {
            deleted = await StepsAsync(context => Trim(context, IsAbove(8) ? _published.Next : bound, _use.ReadTo(others, leftOut: true))).ConfigureAwait(false);
            var isTight = IsAbove(8);
            var unread = await StepsAsync(context => IsAbove(9) ? Trim(context, _published.Next, _use.ReadTo(others, leftOut: false)) : null).ConfigureAwait(false);
            deleted += unread;
            await _writer.Enqueue(context =>
            {
                _use.Tell(others, context.Counters, context.Topics, isTight, unread);
                return true;
            }).ConfigureAwait(false);
        }

        await TrimOutcomesAsync().ConfigureAwait(false);
        await ShrinkAsync().ConfigureAwait(false);
        return deleted;
    }

    public void Dispose() => _loop.Dispose();

    private async Task ShrinkAsync()
    {
        foreach (var file in _files)
        {
            await file.RunAsync().ConfigureAwait(false);
        }
    }

    private bool IsAbove(int tenths) => _published.Bytes > _options.MaxBytes / 10 * tenths;

    private async Task<int> StepsAsync(Func<WriteContext, Step?> run)
    {
        var deleted = 0;
        while (await _writer.Enqueue(run).ConfigureAwait(false) is { } step)
        {
            // Not before: a job may be rolled back and run again.
            _trimmedTo[step.Topic] = step.To;
            deleted += step.Deleted;
        }

        return deleted;
    }

    private Task TrimOutcomesAsync()
    {
        var before = (_time.GetUtcNow() - _options.OutcomeRetention).ToUnixTimeMilliseconds();
        return RetentionLoop.ForgetOutcomesAsync(
            from => _writer.Enqueue(context => context.Outcomes.Trim(from, before, Rows)),
            from => _writer.Enqueue(context => context.CallerKeys.Trim(from, before, Rows)));
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

    /// <summary>Null where there is nothing left to look at.</summary>
    /// <param name="read">To where each topic was read; null: not known.</param>
    private Step? Trim(WriteContext context, long upTo, Dictionary<string, long>? read)
    {
        foreach (var topic in read is null ? [] : context.Topics.All)
        {
            var end = Math.Min(upTo, read!.GetValueOrDefault(topic.Name, upTo));
            var from = _trimmedTo.GetValueOrDefault(topic.Id);
            if (from < end)
            {
                var (deleted, to) = Delete(context, topic.Id, from, end);
                if (deleted > 0)
                {
                    context.SaveCounters();
                }

                return new Step(topic.Id, deleted, to);
            }
        }

        return null;
    }

    private static (int Deleted, long To) Delete(WriteContext context, int topic, long from, long end)
    {
        // The rows of all topics lie together: of one that has few there may be millions of others between two.
        var (seqs, bytes, looked, to) = (new List<long>(), 0L, 0, end);
        var rows = context.Connection["SELECT seq, CASE topic WHEN ? THEN length(record) END FROM log WHERE seq >= ? AND seq < ? ORDER BY seq LIMIT ?"]
            .Add(topic).Add(from).Add(end).Add(Looked);
        while (rows.Step())
        {
            looked++;
            if (!rows.IsNull(1))
            {
                seqs.Add(rows.Int64(0));
                bytes += rows.Int64(1);
            }

            if (seqs.Count == Rows || looked == Looked)
            {
                to = rows.Int64(0) + 1;
                rows.Reset();
                break;
            }
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
        return (seqs.Count, to);
    }

    /// <param name="To">Up to here nothing of the topic is left that may go.</param>
    private sealed record Step(int Topic, int Deleted, long To);
}
