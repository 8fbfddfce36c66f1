using System.Globalization;
using Workers.Contracts;
using Workers.Contracts.Commands;
using Workers.Engine.Log;
using Workers.Engine.Projections;
using Workers.Engine.Store;
using Workers.Engine.Waiting;

namespace Workers.Api.Reads;

/// <summary>
/// Finds a command by our id or its caller's, as soon as it is accepted: by where it lies in the log, by its outcome, by its caller's key, by the projection.
/// </summary>
internal sealed class CommandLookup(IReadModelStore models, ILog log, StateReaders readers, IDataMask mask)
{
    public const string Group = "commands";

    private static readonly string[] Names = [.. CommandCatalog.All.Where(info => !info.IsInternal).Select(info => info.Name)];

    /// <summary>The caller's own id first, then ours; of several the newest.</summary>
    /// <param name="id">Either id.</param>
    /// <param name="at"><c>{topic}-{partition}-{offset}</c> of our id's record, where it is known.</param>
    /// <param name="caller">Who asks.</param>
    /// <param name="cancellation">Ends the reads.</param>
    public async ValueTask<CommandView?> FindAsync(string id, string? at, string caller, CancellationToken cancellation)
    {
        var (own, away) = await OfCallerAsync(id, caller, cancellation);
        if (own.Count == 0)
        {
            own = OfKeys(id, caller);
        }

        if (own.Count > 0)
        {
            var ends = Outcomes(own);
            var firsts = own.Select(one => ends.TryGetValue(one, out var end) ? end.AliasOf ?? one : one).Distinct().ToList();
            var view = await FindOursAsync(firsts[0], null, cancellation);
            return view is null ? null : view with { Alternates = firsts[1..] };
        }

        var found = Guid.TryParseExact(id, "D", out var ours) ? await FindOursAsync(ours, At(at), cancellation) : null;
        return found is null && away is not null ? throw away : found;
    }

    // Without the read models most are found all the same; what is not may be there.
    private async ValueTask<(List<Guid> Own, StoreUnavailableException? Away)> OfCallerAsync(string id, string caller, CancellationToken cancellation)
    {
        try
        {
            return ([.. (await models.FindByCallerIdAsync(id, cancellation)).Where(row => row.Caller == caller).Select(row => row.Id)], null);
        }
        catch (StoreUnavailableException away)
        {
            return ([], away);
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
        record = record?.Id == id ? record : null;
        var row = record is null ? await models.FindCommandAsync(id, cancellation) : CommandRows.Of(record, mask);
        if (row is null)
        {
            return null;
        }

        return new CommandView(row, outcome) { Parked = outcome is null ? Parked(id, record) : null, At = record is null ? null : at };
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
        loan.Reader.FindCallerKeys([.. Names.Select(name => Ids.OfCaller(caller, name, id))], found);
        return [.. found.Values.OrderByDescending(key => key.AtMs).Select(key => key.CommandId)];
    }

    private ParkedRow? Parked(Guid id, LogRecord? record)
    {
        using var loan = readers.Rent();
        return record is null
            ? loan.Reader.ParkedRows(Group, 1_000).Select(pair => pair.Row).FirstOrDefault(row => row.Record.Id == id)
            : loan.Reader.Parked(Group, record.Where, record.Offset - 1, 1).FirstOrDefault(row => row.Record.Id == id);
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
