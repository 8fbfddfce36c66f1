using System.Globalization;
using System.Text.Json;
using Workers.Engine.Projections;
using Workers.Engine.Store;

namespace Workers.Api.Reads;

/// <summary>One state that a command entered.</summary>
/// <param name="Id">The same whenever the timeline is read, so that a stream can go on after it.</param>
internal sealed record TimelineEntry(string Id, CommandState State, long AtMs, CommandView View)
{
    public void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("state"u8, State.Name());
        writer.WriteTime("at", AtMs);
        if (State is not (CommandState.Queued or CommandState.Scheduled))
        {
            writer.WriteNumber("attempts"u8, View.Attempts);
        }

        if (State == CommandState.Retrying && View.Parked is { } parked)
        {
            writer.WriteTime("next_at", parked.DueMs);
        }

        if (State == View.State)
        {
            CommandResource.WriteEnd(writer, View);
        }

        writer.WriteEndObject();
    }
}

/// <summary>What happened to a command so far, in order.</summary>
internal static class CommandTimeline
{
    public static List<TimelineEntry> Of(CommandView view)
    {
        var entries = new List<TimelineEntry> { First(view) };
        if (view.StartedMs > 0)
        {
            entries.Add(new("running", CommandState.Running, view.StartedMs, view));
        }

        if (view.State == CommandState.Retrying)
        {
            var id = string.Create(CultureInfo.InvariantCulture, $"retrying-{view.Attempts}");
            entries.Add(new(id, CommandState.Retrying, view.StartedMs, view));
        }
        else if (view.IsFinal)
        {
            entries.Add(new(view.State.Name().ToLowerInvariant(), view.State, view.CompletedMs, view));
        }

        return entries;
    }

    private static TimelineEntry First(CommandView view) => view.IsDelayed
        ? new("scheduled", CommandState.Scheduled, view.Row.SubmittedMs, view)
        : new("queued", CommandState.Queued, view.Row.SubmittedMs, view);
}
