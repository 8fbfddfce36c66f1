using Workers.Contracts;
using Workers.Contracts.Events;
using Workers.Contracts.Headers;
using Workers.Engine.Options;
using Workers.Engine.Projections;
using Workers.Engine.Store;
using Workers.Engine.Waiting;
using Workers.Handlers.Projections;

namespace Workers.Handlers.Feeds;

/// <summary>Makes the feeds' records of a batch: reads first what all of it needs, then tells of one record after the other.</summary>
internal sealed class FeedWriter(
    FeedOptions options, TimeSpan wait, FeedEntities entities, FeedCommands commands, StateReaders readers, SensitiveMask mask)
{
    private readonly Dictionary<Guid, Outcome> _outcomes = [];

    public Told Write(IReadOnlyList<FeedSource> sources)
    {
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

        return told;
    }

    public void Reset()
    {
        entities.Clear();
        commands.Clear();
    }

    private void FindOutcomes(IReadOnlyList<FeedSource> sources)
    {
        _outcomes.Clear();
        var ended = sources.Select(EndOf).OfType<CommandOutcomeRow>().Select(end => end.Id).Distinct().ToList();
        if (ended.Count > 0 && options.Has(Topics.CommandEvents))
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
        if (options.Has(Topics.CommandEvents) && commands.Accepted(source.Record) && FeedNames.IsAsync(headers.Get(HeaderName.Door)) && !headers.Has(HeaderName.Replay))
        {
            Tell(source, Topics.CommandEvents, FeedNames.Queued, Queued(commands.Show(source.Record)), told);
        }
    }

    private void TellEvent(FeedSource source, Told told)
    {
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

        if (options.Has(Topics.CommandEvents) && EndOf(source) is { } end)
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

        if (FeedNames.Waits(row.Door) && end.StartedMs - row.SubmittedMs > wait.TotalMilliseconds)
        {
            told.Add(FeedRecords.Make(source.Record, Topics.CommandEvents, FeedNames.Queued, row.Type, row.Key, Queued(row)));
        }

        // Another end may have followed (a replay's, an undo's): what belongs to it is told with it.
        var data = outcome is { } known && known.State == end.State
            ? FeedCommand.Write(
                row, end.State, end with { Attempts = known.Attempts, StartedMs = Math.Max(known.StartedMs, row.SubmittedMs), CompletedMs = Math.Max(known.CompletedMs, row.SubmittedMs) },
                known.Body)
            : FeedCommand.Write(row, end.State, end, []);
        told.Add(FeedRecords.Make(source.Record, Topics.CommandEvents, type, row.Type, row.Key, data));
    }

    /// <summary>The log has its record no longer.</summary>
    private static CommandRow Unknown(FeedSource source, CommandOutcomeRow end)
    {
        var completed = source.Happened as CommandCompleted;
        return new CommandRow(
            end.Id, null, completed?.CommandType ?? "", completed?.Kind ?? "", source.Record.Key, "", "", 0, source.Record.Headers.Get(HeaderName.UserId),
            source.Record.Headers.Get(HeaderName.CorrelationId), null, null, null, []);
    }

    private static byte[] Queued(CommandRow row) => FeedCommand.Write(row, CommandState.Queued, null, []);

    private static void Tell(FeedSource source, string topic, string type, byte[] data, Told told) =>
        told.Add(FeedRecords.Make(source.Record, topic, type, source.Type, source.Record.Key, data));
}
