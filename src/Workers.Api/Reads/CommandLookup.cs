using System.Globalization;
using Workers.Contracts;
using Workers.Contracts.Commands;
using Workers.Contracts.Headers;
using Workers.Engine.Control;
using Workers.Engine.Log;
using Workers.Engine.Projections;
using Workers.Engine.Store;
using Workers.Engine.Waiting;

namespace Workers.Api.Reads;

/// <summary>
/// Finds a command by our id or its caller's, as soon as it is accepted: by where it lies in the log, by its outcome, by its caller's key, by the projection,
/// among those that were accepted just now or wait.
/// </summary>
internal sealed class CommandLookup(IReadModelStore models, ILog log, StateReaders readers, ControlFeed control, JustAccepted accepted, IDataMask mask, TimeProvider clock)
{
    public const string Group = "commands";

    /// <summary>More that are set aside are not looked through.</summary>
    public const int MostParked = 1_000;

    private const long FreshMs = 10_000;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(25);

    private static readonly string[] Names = [.. CommandCatalog.All.Where(info => !info.IsInternal).Select(info => info.Name)];

    /// <summary>The caller's own id first, then ours, then that of a producer on Kafka where no two have used it; of several the newest.</summary>
    /// <param name="id">One of these ids.</param>
    /// <param name="at"><c>{topic}-{partition}-{offset}</c> of our id's record, where it is known.</param>
    /// <param name="caller">Who asks.</param>
    /// <param name="cancellation">Ends the reads.</param>
    public async ValueTask<CommandView?> FindAsync(string id, string? at, string caller, CancellationToken cancellation)
    {
        var (named, away) = await NamedAsync(id, cancellation);
        var own = named.Where(row => row.Caller == caller).Select(row => row.Id).ToList();
        if (own.Count == 0)
        {
            own = OfKeys(id, caller);
        }

        if (await FirstAsync(own, cancellation) is { } mine)
        {
            return mine;
        }

        var found = Guid.TryParseExact(id, "D", out var ours) ? await FindOursAsync(ours, At(at), cancellation) : null;
        if (found is null && (accepted.Find(caller, id) ?? OfParked(id, caller)) is { } place)
        {
            found = await FindOursAsync(place.Id, (place.Partition, place.Offset), cancellation);
        }

        if (found is null && named.Where(row => row.Door == CommandRow.KafkaDoor).ToList() is { Count: > 0 } produced && produced.TrueForAll(row => row.Caller == produced[0].Caller))
        {
            found = await FirstAsync([.. produced.Select(row => row.Id)], cancellation);
        }

        return found is null && away is not null ? throw away : found ?? await FindFreshAsync(ours, cancellation);
    }

    private async ValueTask<CommandView?> FirstAsync(List<Guid> ids, CancellationToken cancellation)
    {
        if (ids.Count == 0)
        {
            return null;
        }

        var ends = Outcomes(ids);
        var firsts = ids.Select(one => ends.TryGetValue(one, out var end) ? end.AliasOf ?? one : one).Distinct().ToList();
        return await FindOursAsync(firsts[0], null, cancellation) is { } view ? view with { Alternates = firsts[1..] } : null;
    }

    // What was accepted a moment ago is on its way to where it is found by its id alone: whoever asks at once should not be told that it does not exist.
    private async ValueTask<CommandView?> FindFreshAsync(Guid id, CancellationToken cancellation)
    {
        if (id == Guid.Empty || Math.Abs(clock.GetUtcNow().ToUnixTimeMilliseconds() - Ids.TimestampMs(id)) > FreshMs)
        {
            return null;
        }

        CommandView? found = null;
        for (var since = clock.GetTimestamp(); found is null && clock.GetElapsedTime(since) < Patience;)
        {
            await Task.Delay(Look, clock, cancellation);
            found = await FindOursAsync(id, null, cancellation);
        }

        return found;
    }

    // Without the read models most are found all the same; what is not may be there.
    private async ValueTask<(IReadOnlyList<CommandRow> Named, StoreUnavailableException? Away)> NamedAsync(string id, CancellationToken cancellation)
    {
        try
        {
            return (await SoonAsync(soon => models.FindByCallerIdAsync(id, soon), cancellation), null);
        }
        catch (StoreUnavailableException away)
        {
            return ([], away);
        }
    }

    // What has just been accepted is found without the read models, so that nobody waits long for them.
    private static async ValueTask<T> SoonAsync<T>(Func<CancellationToken, ValueTask<T>> ask, CancellationToken cancellation)
    {
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limited.CancelAfter(Patience);
        try
        {
            return await ask(limited.Token).AsTask().WaitAsync(limited.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new StoreUnavailableException($"the read models did not answer in {Patience.TotalSeconds} s");
        }
    }

    /// <summary>By our id; an id that was given to a repeat leads to the first command.</summary>
    public async ValueTask<CommandView?> FindOursAsync(Guid id, (PartitionId Partition, long Offset)? at, CancellationToken cancellation)
    {
        var outcome = Outcomes([id]).GetValueOrDefault(id);
        if (outcome?.AliasOf is { } first)
        {
            (id, at) = (first, null);
            outcome = Outcomes([id]).GetValueOrDefault(id);
        }

        at ??= outcome is { Offset: >= 0 } ? (outcome.Partition, outcome.Offset) : null;
        var record = at is { } place && place.Partition.Number < log.Partitions(place.Partition.Topic) ? await log.ReadAsync(place.Partition, place.Offset, cancellation) : null;
        record = record?.Id == id ? record : outcome is { State: CommandState.Scheduled } ? Timer(id) : null;
        var row = record is null ? await SoonAsync(soon => models.FindCommandAsync(id, soon), cancellation) : CommandRow.Shown(record, mask);
        if (row is null)
        {
            return null;
        }

        return new CommandView(row, outcome)
        {
            Parked = outcome is null ? Parked(id, record) : null,
            At = record is null ? null : at,
            DueMs = record is null ? null : Due.Of(record.Headers)?.AtMs,
        };
    }

    // What waits for its time is found there when the log has long forgotten it.
    private LogRecord? Timer(Guid id)
    {
        using var loan = readers.Rent();
        return loan.Reader.FindTimer(id)?.Message;
    }

    /// <summary>Outcomes of our ids, as they are stored: aliases are not followed.</summary>
    public Dictionary<Guid, Outcome> Outcomes(IReadOnlyCollection<Guid> ids)
    {
        var found = new Dictionary<Guid, Outcome>(ids.Count);
        using var loan = readers.Rent();
        loan.Reader.FindOutcomes(ids, found);
        return found;
    }

    /// <summary>How each ended; a repeat as its first did, which is named.</summary>
    public Dictionary<Guid, (Outcome End, Guid? First)> Ends(IReadOnlyCollection<Guid> ids)
    {
        var own = Outcomes(ids);
        var firsts = own.Values.Select(outcome => outcome.AliasOf).OfType<Guid>().ToHashSet();
        var ends = firsts.Count == 0 ? [] : Outcomes(firsts);
        return own.ToDictionary(
            pair => pair.Key, pair => pair.Value.AliasOf is { } first ? (ends.GetValueOrDefault(first, pair.Value), first) : (pair.Value, (Guid?)null));
    }

    /// <summary>Commands that took the caller's id as their key, newest first: known before any projection has them.</summary>
    private List<Guid> OfKeys(string id, string caller)
    {
        var found = new Dictionary<Guid, CallerKeyWrite>();
        using var loan = readers.Rent();
        loan.Reader.FindCallerKeys([.. Names.Concat(control.Current.Handlers.All.SelectMany(handler => handler.Row.Types)).Select(name => Ids.OfCaller(caller, name, id))], found);
        return [.. found.Values.OrderByDescending(key => key.AtMs).Select(key => key.CommandId)];
    }

    /// <summary>The newest of those that wait behind a pause, or for what is before them: no key is taken yet, and none may be listed.</summary>
    private (Guid Id, PartitionId Partition, long Offset)? OfParked(string id, string caller)
    {
        using var loan = readers.Rent();
        return loan.Reader.ParkedRows(Group, MostParked, (_, row) => IsOf(row.Record.Headers) ? row.Record : null).OfType<LogRecord>()
            .MaxBy(record => record.TimestampMs) is { } newest ? (newest.Id, newest.Where, newest.Offset) : null;

        bool IsOf(HeaderBlock headers) => headers.Get(HeaderName.CommandId) == id && (headers.Get(HeaderName.Source) ?? "anonymous") == caller;
    }

    /// <summary>What partitions have set aside, no more than <see cref="MostParked"/>.</summary>
    public List<ParkedRow> Parked()
    {
        using var loan = readers.Rent();
        return [.. loan.Reader.ParkedRows(Group, MostParked, (_, row) => row).DistinctBy(row => row.Record.Id)];
    }

    /// <summary>One of them as it is listed.</summary>
    public CommandView Shown(ParkedRow parked) => new(CommandRow.Shown(parked.Record, mask), null) { Parked = parked };

    private ParkedRow? Parked(Guid id, LogRecord? record)
    {
        using var loan = readers.Rent();
        return record is null
            ? loan.Reader.ParkedRows(Group, MostParked, (_, row) => row.Record.Id == id ? row : null).FirstOrDefault(row => row is not null)
            : loan.Reader.Parked(Group, record.Where, record.Offset - 1, 1).FirstOrDefault(row => row.Record.Id == id) ?? Moved(loan.Reader, record);
    }

    // Since the partitions grew its key belongs to another one.
    private ParkedRow? Moved(IStateReader reader, LogRecord record)
    {
        var partition = record.Where with { Number = Murmur2.Partition(record.Key, log.Partitions(record.Topic)) };
        for (var after = partition == record.Where ? -1 : long.MinValue; after < 0;)
        {
            var rows = reader.Parked(Group, partition, after, 1_000);
            if (rows.FirstOrDefault(row => row.Record.Id == record.Id) is { } found)
            {
                return found;
            }

            after = rows.Count == 0 ? 0 : rows[^1].Order;
        }

        return null;
    }

    private static (PartitionId Partition, long Offset)? At(string? at)
    {
        if (at is null)
        {
            return null;
        }

        var last = at.LastIndexOf('-');
        var middle = last > 0 ? at.LastIndexOf('-', last - 1) : -1;
        return middle > 0 && at[..middle] is Topics.Commands or Topics.Control
            && int.TryParse(at.AsSpan(middle + 1, last - middle - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var partition)
            && long.TryParse(at.AsSpan(last + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var offset)
            ? (new PartitionId(at[..middle], partition), offset)
            : null;
    }
}
