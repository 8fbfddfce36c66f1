using Workers.Engine.Projections;
using Workers.Engine.Store;
using Workers.Engine.Waiting;

namespace Workers.Handlers.Projections;

/// <summary>
/// Repeats in the list of commands: rows that never end by themselves, since what became of them is the first command's end. Only the outcomes tell which they are.
/// </summary>
internal sealed class ListedRepeats(IReadModelStore models, Lazy<StateReaders> readers)
{
    private const int Page = 500;

    // What is listed without an end was accepted at any time before.
    private static readonly CommandQuery s_open = new(null, null, CommandState.Running, null, null, null, null, null, null, null, Page, null, 0);

    /// <summary>Those that were accepted before (milliseconds since 1970) and whose first command has ended.</summary>
    /// <param name="beforeMs">When.</param>
    /// <param name="next">What is about to be listed.</param>
    /// <param name="cancellation">Ends the reads.</param>
    public async Task<HashSet<Guid>> EndedAsync(long beforeMs, IEnumerable<CommandRow> next, CancellationToken cancellation)
    {
        HashSet<Guid> ended = [.. Ended([.. next.Where(row => row.SubmittedMs < beforeMs).Select(row => row.Id)])];
        for (var query = s_open with { ToMs = beforeMs - 1 }; ;)
        {
            var page = await models.ListCommandsAsync(query, cancellation).ConfigureAwait(false);
            ended.UnionWith(Ended([.. page.Items.Select(row => row.Id)]));
            if (page.NextCursor is not { } cursor)
            {
                return ended;
            }

            query = query with { Cursor = cursor };
        }
    }

    private IEnumerable<Guid> Ended(List<Guid> open)
    {
        using var loan = readers.Value.Rent();
        var own = new Dictionary<Guid, Outcome>();
        loan.Reader.FindOutcomes(open, own);
        var firsts = new Dictionary<Guid, Outcome>();
        loan.Reader.FindOutcomes([.. own.Values.Select(outcome => outcome.AliasOf).OfType<Guid>().Distinct()], firsts);
        return [.. own.Values.Where(outcome => outcome.AliasOf is { } first && firsts.GetValueOrDefault(first) is not { IsFinal: false }).Select(outcome => outcome.Id)];
    }
}
