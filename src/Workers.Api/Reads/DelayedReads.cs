using Microsoft.AspNetCore.Http;
using Workers.Contracts;
using Workers.Contracts.Headers;
using Workers.Engine.Log;
using Workers.Engine.Projections;
using Workers.Engine.Store;
using Workers.Engine.Waiting;

namespace Workers.Api.Reads;

/// <summary>Commands that wait for their time: timers of their partitions.</summary>
internal sealed class DelayedReads(StateReaders readers, ILog log, CommandLookup lookup, IDataMask mask)
{
    /// <summary>By due time and id, after that place; at most so many.</summary>
    public List<CommandView> List((long DueMs, Guid Id)? after, int limit)
    {
        using var loan = readers.Rent();
        var found = new List<TimerWrite>();
        for (var number = 0; number < log.Partitions(Topics.Commands); number++)
        {
            found.AddRange(Of(loan.Reader, new PartitionId(Topics.Commands, number), after, limit));
        }

        return [.. found.OrderBy(timer => timer.DueMs).ThenBy(timer => timer.Token).Take(limit).Select(View)];
    }

    /// <summary>The command of the path, whatever became of it; null where it was not for a time of its own.</summary>
    public async ValueTask<CommandView?> FindAsync(HttpContext http, string id, string caller) =>
        await lookup.FindAsync(id, http.Request.Query["at"], caller, http.RequestAborted) is { IsDelayed: true } view ? view : null;

    // Others' timers lie between them: an order's time-outs are of another group, but a few of this one are not commands of callers.
    private static List<TimerWrite> Of(IStateReader reader, PartitionId partition, (long DueMs, Guid Id)? after, int limit)
    {
        var found = new List<TimerWrite>();
        while (found.Count < limit)
        {
            var page = reader.Timers(CommandLookup.Group, partition, after, limit);
            found.AddRange(page.Where(timer => Due.Of(timer.Message.Headers) is not null));
            if (page.Count < limit)
            {
                break;
            }

            after = (page[^1].DueMs, page[^1].Token);
        }

        return found;
    }

    private CommandView View(TimerWrite timer) => new(CommandRow.Shown(timer.Message, mask), null) { DueMs = timer.DueMs };
}
