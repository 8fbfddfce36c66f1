using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Workers.Api.Callers;
using Workers.Api.Http;
using Workers.Engine.Projections;
using Workers.Engine.Store;
using Workers.Engine.Waiting;

namespace Workers.Api.Reads;

/// <summary>A command's timeline: as a list, or as a stream that ends after a final state.</summary>
internal sealed class TimelineReads(CommandReads commands, CommandLookup lookup, OutcomeWaiter waiter, StandingAccess access, OpenStreams streams, IHostApplicationLifetime lifetime)
{
    // A command that is tried again, or is done in two steps, changes without an outcome: looked at this often.
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    public async Task GetAsync(HttpContext http)
    {
        var view = await commands.FindAsync(http);
        if (MediaTypes.TakesEvents(http.Request.Headers.Accept))
        {
            await StreamAsync(http, view);
            return;
        }

        await JsonList.SendAsync(http, CommandTimeline.Of(view), null, static (writer, entry) => entry.Write(writer));
    }

    private async Task StreamAsync(HttpContext http, CommandView view)
    {
        var last = http.Request.Headers["Last-Event-ID"].ToString();
        using var one = streams.Enter();
        using var stay = access.Enter(Caller.Of(http));
        var stream = EventStream.Start(http);
        var quiet = 0;
        while (true)
        {
            var fresh = After(CommandTimeline.Of(view), last);
            foreach (var entry in fresh)
            {
                stream.Write(entry.Id, entry.State.Name().ToLowerInvariant(), entry.Write);
                last = entry.Id;
            }

            quiet = fresh.Count > 0 ? 0 : quiet + 1;
            await stream.FlushAsync(alive: quiet % 15 == 14, http.RequestAborted);
            if (view.IsFinal || lifetime.ApplicationStopping.IsCancellationRequested || stay.Ended.IsCancellationRequested)
            {
                return;
            }

            await waiter.WaitAsync(view.Row.Id, Look, http.RequestAborted);
            view = await lookup.FindOursAsync(view.Row.Id, view.At, http.RequestAborted) ?? view;
        }
    }

    // What a reader has seen that is no part of the timeline any more (a retry) came before all that is not over yet.
    private static List<TimelineEntry> After(List<TimelineEntry> entries, string last)
    {
        var seen = entries.FindIndex(entry => entry.Id == last);
        return seen >= 0 ? entries[(seen + 1)..]
            : last.StartsWith("retrying", StringComparison.Ordinal) ? [.. entries.Where(entry => entry.State is not (CommandState.Queued or CommandState.Running))]
            : entries;
    }
}
