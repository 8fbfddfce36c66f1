using Workers.Engine.Store;
using Workers.Sqlite.Native;

namespace Workers.Sqlite.State;

/// <summary>The rows of aggregates and sagas.</summary>
internal sealed class StateTable(Connection connection)
{
    private Statement Insert => field ??= connection.Prepare(
        "INSERT INTO state(key, version, last_event, updated, kind, label, data) VALUES(?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING");

    private Statement Update => field ??= connection.Prepare(
        "UPDATE state SET version = ?, last_event = ?, updated = ?, kind = ?, label = ?, data = ? WHERE key = ? AND version = ?");

    private Statement Delete => field ??= connection.Prepare("DELETE FROM state WHERE key = ? AND version = ?");

    private Statement Select => field ??= connection.Prepare("SELECT version, data, last_event FROM state WHERE key = ?");

    /// <summary>Throws <see cref="FlushFailedException"/> where the stored version is not the one that it replaces.</summary>
    public void Write(StateWrite write)
    {
        var key = (stackalloc byte[StateKeyCodec.MaxLength(write.Key)]);
        key = key[..StateKeyCodec.Write(write.Key, key)];
        var tail = write.Tail?.LastEvent ?? 0;
        var kind = write.Label is null ? null : write.Key.Kind;
        var written = write switch
        {
            { Data: null } => Delete.Add(key).Add(write.Previous).RunCounting(),
            { Previous: 0 } => Insert.Add(key).Add(write.Version).Add(tail).Add(write.UpdatedMs).Add(kind).Add(write.Label).Add(write.Data)
                .RunCounting(),
            _ => Update.Add(write.Version).Add(tail).Add(write.UpdatedMs).Add(kind).Add(write.Label).Add(write.Data).Add(key).Add(write.Previous)
                .RunCounting(),
        };
        if (written == 0 && !(write.Data is null && write.Previous == 0))
        {
            var found = Find(write.Key);
            throw new FlushFailedException(
                $"{write.Key.Kind} '{write.Key.Id}' was expected at version {write.Previous} to become {write.Version}, "
                + (found is null ? "but there is none." : $"but is at version {found.Version}."));
        }
    }

    public StateRow? Find(StateKey wanted)
    {
        var key = (stackalloc byte[StateKeyCodec.MaxLength(wanted)]);
        var rows = Select.Add(key[..StateKeyCodec.Write(wanted, key)]);
        if (!rows.Step())
        {
            return null;
        }

        var row = new StateRow(rows.Int64(0), rows.Array(1), rows.Int64(2));
        rows.Reset();
        return row;
    }

    /// <summary>Newest first by (updated, id's bytes), older than <paramref name="before"/>.</summary>
    public List<(StateKey Key, string Label, long UpdatedMs, StateRow Row)> ByLabel(
        string kind, string? label, (long UpdatedMs, string Id)? before, int limit)
    {
        if (label is null)
        {
            // The labels of a kind are few; reading the newest of each and merging them needs no further index.
            return [.. Labels(kind).SelectMany(one => Page(kind, one, before, limit)).OrderByDescending(r => r.Updated)
                .ThenByDescending(r => r.Id, ByteOrder).Take(limit).Select(r => r.Row)];
        }

        return [.. Page(kind, label, before, limit).Select(r => r.Row)];
    }

    public List<(string Label, int Count)> CountLabels(string kind, int most)
    {
        var counted = new List<(string, int)>();
        foreach (var label in Labels(kind))
        {
            var count = connection["SELECT COUNT(*) FROM (SELECT 1 FROM state WHERE label IS NOT NULL AND kind = ? AND label = ? LIMIT ?)"].Add(kind).Add(label).Add(most);
            count.Step();
            counted.Add((label, (int)count.Int64(0)));
            count.Reset();
        }

        return counted;
    }

    private static readonly Comparer<byte[]> ByteOrder = Comparer<byte[]>.Create((a, b) => a.AsSpan().SequenceCompareTo(b));

    private List<string> Labels(string kind)
    {
        var labels = new List<string>();
        var next = connection["SELECT label FROM state WHERE label IS NOT NULL AND kind = ? AND label > ? ORDER BY label LIMIT 1"];
        while (next.Add(kind).Add(labels.LastOrDefault("")).Step())
        {
            labels.Add(next.Text(0));
            next.Reset();
        }

        return labels;
    }

    private List<(long Updated, byte[] Id, (StateKey Key, string Label, long UpdatedMs, StateRow Row) Row)> Page(
        string kind, string label, (long UpdatedMs, string Id)? before, int limit)
    {
        var found = new List<(long, byte[], (StateKey, string, long, StateRow))>();
        var end = before is { } at ? new StateKey(kind, at.Id) : new StateKey(kind, "");
        var key = (stackalloc byte[StateKeyCodec.MaxLength(end)]);
        var rows = connection["""
            SELECT key, updated, version, data, last_event FROM state
            WHERE label IS NOT NULL AND kind = ? AND label = ? AND (updated, key) < (?, ?) ORDER BY updated DESC, key DESC LIMIT ?
            """].Add(kind).Add(label).Add(before?.UpdatedMs ?? long.MaxValue).Add(key[..StateKeyCodec.Write(end, key)]).Add(limit);
        while (rows.Step())
        {
            var row = new StateRow(rows.Int64(2), rows.Array(3), rows.Int64(4));
            found.Add((rows.Int64(1), rows.Array(0), (StateKeyCodec.Read(rows.Bytes(0)), label, rows.Int64(1), row)));
        }

        return found;
    }
}
