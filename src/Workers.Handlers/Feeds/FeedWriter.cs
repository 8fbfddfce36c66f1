using Workers.Contracts;
using Workers.Contracts.Commands;
using Workers.Contracts.Events;
using Workers.Contracts.Headers;
using Workers.Contracts.Json;
using Workers.Engine.Options;
using Workers.Engine.Projections;
using Workers.Engine.Store;
using Workers.Engine.Waiting;
using Workers.Handlers.Projections;

namespace Workers.Handlers.Feeds;

/// <summary>Makes the feeds' records of a batch: reads first what all of it needs, then tells of one record after the other.</summary>
internal sealed class FeedWriter(
    FeedOptions options, TimeSpan wait, FeedEntities entities, FeedCommands commands, StateReaders readers, SensitiveMask mask,
    Completions completions)
{
    private readonly Dictionary<Guid, Outcome> _outcomes = [];

    public Told Write(IReadOnlyList<FeedSource> sources)
    {
        completions.Refresh();
        var folded = sources.Select(s => s.Folded).OfType<ModelEvent>().ToList();
        entities.Load(folded);
        FindOutcomes(sources);
        var told = new Told();
        foreach (var source in sources)
        {
            told.Begin(source.Record.Where);
            if (source.Record.Topic == Topics.Commands)
            {
                TellAccepted(source, told);
            }
            else if (source.Info is null)
            {
                Tell(source, Topics.CqrsEvents, source.Type, mask.Apply(source.Record.Value, null), told);
            }
            else
            {
                TellEvent(source, told);
            }
        }

        foreach (var events in sources.Where(s => s.Folded is not null).GroupBy(s => s.Record.Where))
        {
            told.Copies(events.Key).AddRange(entities.Copies(events.Select(s => s.Folded!)));
        }

        entities.Keep();
        return told;
    }

    public void Reset()
    {
        entities.Clear();
        commands.Clear();
    }

    private bool TellsEnds => options.Has(Topics.CommandEvents) || completions.Any;

    private void FindOutcomes(IReadOnlyList<FeedSource> sources)
    {
        _outcomes.Clear();
        var ended = sources.Select(EndOf).OfType<CommandOutcomeRow>().Select(end => end.Id).Distinct().ToList();
        if (ended.Count > 0 && TellsEnds)
        {
            using var loan = readers.Rent();
            loan.Reader.FindOutcomes(ended, _outcomes);
        }
    }

    private static CommandOutcomeRow? EndOf(FeedSource source) => source.Info is null ? null
        : source.Happened is CommandCompleted completed ? CommandRows.Of(source.Record, completed)
        : CommandRows.OfLastEvent(source.Record);

    private void TellAccepted(FeedSource source, Told told)
    {
        var headers = source.Record.Headers;
        if (Due.Of(headers) is { } due)
        {
            if (TellsEnds && commands.Accepted(source.Record) && options.Has(Topics.CommandEvents) && !due.IsSent)
            {
                Tell(source, Topics.CommandEvents, FeedNames.Scheduled, Json(new CommandView(commands.Show(source.Record), null) { DueMs = due.AtMs }), told);
            }
        }
        else if (TellsEnds && commands.Accepted(source.Record) && options.Has(Topics.CommandEvents) && FeedNames.IsAsync(headers.Get(HeaderName.Door)) && !headers.Has(HeaderName.Replay))
        {
            Tell(source, Topics.CommandEvents, FeedNames.Queued, Queued(commands.Show(source.Record)), told);
        }
    }

    private void TellEvent(FeedSource source, Told told)
    {
        if (source.Info!.Type == typeof(AuditRecorded) && !source.Record.Headers.Has(HeaderName.Command))
        {
            // The platform's own entry (AuditNote): who was let in or turned away, from which address, who has exported the trail. It is for those who may read the trail.
            return;
        }

        var change = source.Folded is { } folded ? entities.Apply(folded) : null;
        if (source.Folded is not null && change is null)
        {
            return;
        }

        byte[]? data = null;
        foreach (var (topic, type) in FeedNames.Of(source.Info!).Where(f => options.Has(f.Topic)))
        {
            if (topic == Topics.RepositoryEvents && change is { } c && FeedEntityJson.Write(source, type, c.Before, c.After, entities) is { } entity)
            {
                Tell(source, topic, type, entity, told);
            }
            else
            {
                Tell(source, topic, type, data ??= mask.Apply(source.Record.Value, source.Info!.Type), told);
            }
        }

        if (TellsEnds && EndOf(source) is { } end)
        {
            TellEnd(source, end, told);
        }
    }

    private void TellEnd(FeedSource source, CommandOutcomeRow end, Told told)
    {
        var outcome = _outcomes.GetValueOrDefault(end.Id);
        if (FeedNames.Of(end.State) is not { } type)
        {
            return;
        }

        var row = commands.Take(end.Id, outcome is null ? null : (outcome.Partition, outcome.Offset)) ?? Unknown(source, end);

        if (options.Has(Topics.CommandEvents) && FeedNames.Waits(row.Door) && end.StartedMs - row.SubmittedMs > wait.TotalMilliseconds)
        {
            told.Add(FeedRecords.Make(source.Record, Topics.CommandEvents, FeedNames.Queued, row.Type, row.Key, Queued(row)));
        }

        // Another end may have followed (a replay's, an undo's): what belongs to it is told with it.
        var data = Json(outcome?.State == end.State ? new CommandView(row, outcome) : new CommandView(row with { Outcome = end }, null));
        if (options.Has(Topics.CommandEvents))
        {
            told.Add(FeedRecords.Make(source.Record, Topics.CommandEvents, type, row.Type, row.Key, data));
        }

        foreach (var delivery in completions.Of(source.Record, row, end, type, data))
        {
            told.Add(delivery);
        }
    }

    /// <summary>The log has its record no longer.</summary>
    private static CommandRow Unknown(FeedSource source, CommandOutcomeRow end)
    {
        var completed = source.Happened as CommandCompleted;
        var type = completed?.CommandType ?? Completed.Of(source.Record.Headers)?.Type ?? "";
        return new CommandRow(
            end.Id, null, type, completed?.Kind ?? CommandCatalog.Find(type)?.Kind ?? "", source.Record.Key, "", "", 0, source.Record.Headers.Get(HeaderName.UserId),
            source.Record.Headers.Get(HeaderName.CorrelationId), null, null, null, []);
    }

    private static byte[] Queued(CommandRow row) => Json(new CommandView(row, null));

    private static byte[] Json(CommandView view) => JsonWriting.ToBytes(view, static (one, writer) => CommandResource.Write(writer, one));

    private static void Tell(FeedSource source, string topic, string type, byte[] data, Told told) =>
        told.Add(FeedRecords.Make(source.Record, topic, type, source.Type, source.Record.Key, data));
}
