using Microsoft.Extensions.Logging;
using Workers.Engine.Health;
using Workers.Engine.Log;
using Workers.Engine.Store;

namespace Workers.Sqlite.Log;

/// <summary>How far the log has been read, whichever store the positions are in; and for whom it is kept although nobody serves them.</summary>
/// <param name="files">The positions in the files.</param>
/// <param name="stores">All stores of positions, asked for when the log is trimmed first; those of the files may be among them.</param>
internal sealed class LogUse(Positions files, Func<IEnumerable<IPositionStore>> stores, string file, ILogger logger) : IHealth
{
    private readonly Outage _outage = new();
    private IReadOnlyList<IPositionStore>? _others;
    private volatile LogGroups? _groups;
    private volatile string? _warning;

    public string Name => "log retention";

    public bool IsRequired => false;

    /// <summary>Until it is told every position counts.</summary>
    public void Serves(LogGroups groups) => _groups = groups;

    /// <summary>Positions outside the files; null while they cannot be read: nobody knows then what may go.</summary>
    public async Task<IReadOnlyList<(string Group, PartitionId Partition, PositionRow Row)>?> OthersAsync()
    {
        // The state is in the file wherever the log is.
        _others ??= [.. stores().Where(store => store is not (IStateStore or ReadPositions))];
        try
        {
            var found = new List<(string, PartitionId, PositionRow)>();
            foreach (var store in _others)
            {
                found.AddRange(await store.PositionsAsync(CancellationToken.None).ConfigureAwait(false));
            }

            if (_outage.Ends())
            {
                LogMessages.TrimGoesOn(logger, file);
            }

            return found;
        }
        catch (StoreUnavailableException error)
        {
            LogMessages.TrimWaits(logger, _outage.LevelOf(error), file, error.Cause());
            return null;
        }
    }

    /// <summary>For each topic the lowest position that counts; null while a group that is served, or that executes, has none yet.</summary>
    /// <param name="others">As found outside the files.</param>
    /// <param name="leftOut">Those count too whom nobody serves and who execute nothing.</param>
    public Dictionary<string, long>? ReadTo(IReadOnlyList<(string Group, PartitionId Partition, PositionRow Row)> others, bool leftOut)
    {
        var all = All(others).ToList();
        if (_groups?.Served.Concat(_groups.Kept).All(group => all.Exists(one => one.Group == group)) == false)
        {
            return null;
        }

        var read = new Dictionary<string, long>();
        foreach (var (_, partition, row) in all.Where(one => leftOut || IsServed(one.Group) || IsKept(one.Group)))
        {
            read[partition.Topic] = Math.Min(row.Offset, read.GetValueOrDefault(partition.Topic, long.MaxValue));
        }

        return read;
    }

    /// <summary>Tells who has not read what fills the log, while it is nearly full and nobody serves them; once, and in health for as long.</summary>
    /// <param name="isTight">It is nearly full.</param>
    /// <param name="deleted">Records deleted now that some of them had not read.</param>
    public void Tell(IReadOnlyList<(string Group, PartitionId Partition, PositionRow Row)> others, LogCounters counters, TopicTable topics, bool isTight, int deleted)
    {
        var groups = All(others).Where(one => !IsServed(one.Group) && topics.Find(one.Partition.Topic) is { } topic && one.Row.Offset <= counters.Last(topic.Id, one.Partition.Number))
            .Select(one => one.Group).Distinct().Order(StringComparer.Ordinal).ToList();
        var warning = isTight && groups.Count > 0
            ? $"The log in {file} is nearly full, and kept for groups that nobody serves: {string.Join(", ", groups)}. Serve them (Workers:Roles), or give Log:MaxBytes more. "
                + (groups.TrueForAll(IsKept) ? "Above that everything is refused."
                    : deleted > 0 ? "What they have not read is being deleted, since appends would be refused otherwise; who is served again stands still and says what is missing."
                    : "Above 90 % of that what they have not read is deleted, but for what is to be executed.")
            : null;
        if (warning is not null && warning != _warning)
        {
            LogMessages.LeftOut(logger, warning);
        }

        _warning = warning;
    }

    public ValueTask<HealthReport> CheckAsync(CancellationToken cancellation) =>
        ValueTask.FromResult(_warning is { } warning ? new HealthReport(HealthStatus.Degraded, warning) : HealthReport.Healthy);

    private bool IsKept(string group) => _groups?.Kept.Contains(group) ?? true;

    private bool IsServed(string group) => _groups?.Served.Contains(group) ?? true;

    private IEnumerable<(string Group, PartitionId Partition, PositionRow Row)> All(IReadOnlyList<(string Group, PartitionId Partition, PositionRow Row)> others) =>
        files.All().Where(one => _groups?.Elsewhere.Contains(one.Group) != true).Concat(others);
}
