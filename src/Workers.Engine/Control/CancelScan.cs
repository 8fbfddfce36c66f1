using System.Globalization;
using Workers.Contracts.Commands;
using Workers.Engine.Options;
using Workers.Engine.Projections;
using Workers.Engine.Store;
using Workers.Engine.Waiting;

namespace Workers.Engine.Control;

/// <summary>
/// Which commands a cancellation of many finds: those of the list that have not begun, the oldest first. What flows, timers and effects have sent stays; what callers still
/// wait for and schedules have sent does not, other than where the queue is cleared.
/// </summary>
public sealed class CancelScan(IReadModelStore models, Lazy<StateReaders> readers, OutcomeOptions outcomes, TimeProvider clock)
{
    private const string Group = "commands";

    // With their data, which may be long.
    private const int Chunk = 100;
    private const int Chunks = 10;
    private static readonly string[] s_ours = ["internal", "timer", "saga", "effect"];

    /// <summary>The next page of them.</summary>
    /// <param name="filter">Which.</param>
    /// <param name="after">Where the page before ended; null for the first.</param>
    /// <param name="cancellation">Ends it.</param>
    public ValueTask<CancelPage> PageAsync(WaitingFilter filter, string? after, CancellationToken cancellation) => PageAsync(filter, after, new(Parked), cancellation);

    /// <summary>How many there are, counted no further than <paramref name="most"/>, and the first of them. Of those that are left out no more than as many are looked at.</summary>
    public async ValueTask<(long Count, IReadOnlyList<CommandRow> First)> CountAsync(WaitingFilter filter, long most, int shown, CancellationToken cancellation)
    {
        var (count, first, after, parked) = (0L, new List<CommandRow>(), (string?)null, new Lazy<HashSet<Guid>>(Parked));
        for (var looked = 0L; count <= most; looked += Chunk * Chunks)
        {
            if (looked > 2 * most)
            {
                return (most + 1, first);
            }

            var page = await PageAsync(filter, after, parked, cancellation).ConfigureAwait(false);
            count += page.Items.Count;
            first.AddRange(page.Items.Take(shown - first.Count));
            after = page.Next;
            if (after is null)
            {
                break;
            }
        }

        return (count, first);
    }

    private async ValueTask<CancelPage> PageAsync(WaitingFilter filter, string? after, Lazy<HashSet<Guid>> parked, CancellationToken cancellation)
    {
        var found = new List<CommandRow>();
        for (var chunk = 0; chunk < Chunks; chunk++)
        {
            var page = await models.ListCommandsAsync(
                new CommandQuery(
                    filter.Type, filter.Kind, StateOf(filter), filter.Key, filter.UserId, filter.CorrelationId, null,
                    Ms(filter.From), Ms(filter.To), filter.Q, Chunk, after, 0)
                { OldestFirst = true },
                cancellation).ConfigureAwait(false);
            found.AddRange(Waiting(page.Items, parked).Select(row => row with { Data = [] }));
            after = page.NextCursor;
            if (after is null)
            {
                break;
            }
        }

        return new(found, after);
    }

    // What is older than outcomes are kept and has none has lost it, or was passed over: it does not wait, unless it was set aside.
    private IEnumerable<CommandRow> Waiting(IReadOnlyList<CommandRow> rows, Lazy<HashSet<Guid>> parked)
    {
        var callers = rows.Where(row => !s_ours.Contains(row.Door) && CommandCatalog.Find(row.Type) is not { IsInternal: true }).ToList();
        var known = new Dictionary<Guid, Outcome>();
        using (var loan = readers.Value.Rent())
        {
            loan.Reader.FindOutcomes([.. callers.Select(row => row.Id)], known);
        }

        var keptMs = (clock.GetUtcNow() - outcomes.Retention).ToUnixTimeMilliseconds();
        return callers.Where(row => known.TryGetValue(row.Id, out var outcome)
            ? outcome.State == CommandState.Scheduled
            : row.SubmittedMs >= keptMs || parked.Value.Contains(row.Id));
    }

    private HashSet<Guid> Parked()
    {
        using var loan = readers.Value.Rent();
        return [.. loan.Reader.ParkedRows(Group, int.MaxValue, static (_, row) => row.Record.Id)];
    }

    // Running: without an end, whatever it waits for.
    private static CommandState StateOf(WaitingFilter filter) =>
        filter.State == CommandState.Scheduled.Name() ? CommandState.Scheduled : filter.State == CommandState.Queued.Name() ? CommandState.Queued : CommandState.Running;

    private static long? Ms(string? time) => time is null ? null : DateTimeOffset.Parse(time, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal).ToUnixTimeMilliseconds();
}

/// <param name="Next">Where the next page begins; null where there is none.</param>
public sealed record CancelPage(IReadOnlyList<CommandRow> Items, string? Next);
