using Workers.Engine.Store;
using Workers.MySql.Connections;

namespace Workers.MySql.State;

/// <summary>The rows of aggregates and sagas, and the labels by which instances are listed.</summary>
internal static class StateTable
{
    // The version is set last: the assignments before it still see the old one.
    private const string Upsert = """
        ON DUPLICATE KEY UPDATE data = IF(version = VALUES(prev), VALUES(data), data),
        last_event = IF(version = VALUES(prev), VALUES(last_event), last_event),
        prev = IF(version = VALUES(prev), VALUES(prev), prev), version = IF(version = VALUES(prev), VALUES(version), version)
        """;

    /// <summary>Throws <see cref="FlushFailedException"/> where a stored version is not the one that is replaced; the transaction is undone then.</summary>
    public static void Write(IWrites target, List<StateWrite> writes)
    {
        // Sorted, so that two flushes that touch the same rows take their locks in the same order.
        var rows = writes.ConvertAll(w => (Id: Key(w.Key), Write: w));
        rows.Sort((a, b) => a.Id.AsSpan().SequenceCompareTo(b.Id));
        var kept = rows.FindAll(r => r.Write.Data is not null);

        // A row that is stale or there already counts 0, a missing one 1.
        var matched = target.Insert(
            "INSERT INTO state(id, prev, version, last_event, data)", 5, Upsert, kept, kept.Sum(r => r.Write.Previous == 0 ? 1 : 2),
            r => r.Id.Length + r.Write.Data!.Length + 32,
            (v, r) => v.Add(r.Id).Add(r.Write.Previous).Add(r.Write.Version).AddSeq(r.Write.Tail?.LastEvent ?? 0).Add(r.Write.Data));
        var gone = rows.FindAll(r => r.Write.Data is null);
        foreach (var (id, write) in gone)
        {
            matched &= target.Run("DELETE FROM state WHERE id = ? AND version = ?", write.Previous == 0 ? null : 1, v => v.Add(id).Add(write.Previous));
        }

        if (!matched)
        {
            throw Stale((Session)target, writes);
        }

        var listed = kept.FindAll(r => r.Write.Label is not null);
        target.Insert(
            "INSERT INTO labels(id, kind, label, updated)", 4, "ON DUPLICATE KEY UPDATE label = VALUES(label), updated = VALUES(updated)", listed, null,
            r => r.Id.Length + 64, (v, r) => v.Add(r.Id).AddUtf8(r.Write.Key.Kind).AddUtf8(r.Write.Label!).Add(r.Write.UpdatedMs));
        target.InLists("DELETE FROM labels WHERE id IN (", gone, null, (v, r) => v.Add(r.Id));
    }

    public static void Find(Session session, IReadOnlyCollection<StateKey> keys, IDictionary<StateKey, StateRow> found) =>
        session.InLists(
            "SELECT id, version, data, last_event FROM state WHERE id IN (", [.. keys.Select(Key)], null, (s, id) => s.Add(id),
            s => s.Read(r => found[StateKeyCodec.Read(r.Bytes(0))] = new StateRow(r.Int64(1), r.Bytes(2), r.Int64(3))));

    /// <summary>Newest first by (updated, id's bytes), older than <paramref name="before"/>.</summary>
    public static List<(StateKey Key, string Label, long UpdatedMs, StateRow Row)> ByLabel(
        Session session, string kind, string? label, (long UpdatedMs, string Id)? before, int limit)
    {
        // The labels of a kind are few; reading the newest of each and merging them needs no further index.
        var pages = (label is not null ? [label] : Labels(session, kind)).SelectMany(one => Page(session, kind, one, before, limit));
        return [.. pages.OrderByDescending(r => r.Updated).ThenByDescending(r => r.Id, ByteOrder).Take(limit).Select(r => r.Row)];
    }

    public static List<(string Label, int Count)> CountLabels(Session session, string kind, int most) => Labels(session, kind).ConvertAll(label =>
        (label, (int)session["SELECT COUNT(*) FROM (SELECT 1 FROM labels WHERE kind = ? AND label = ? LIMIT ?) AS counted"]
            .AddUtf8(kind).AddUtf8(label).Add(most).Read(r => r.Int64(0))[0]));

    private static List<string> Labels(Session session, string kind) =>
        session["SELECT DISTINCT label FROM labels WHERE kind = ?"].AddUtf8(kind).Read(r => r.Utf8(0));

    private static readonly Comparer<byte[]> ByteOrder = Comparer<byte[]>.Create((a, b) => a.AsSpan().SequenceCompareTo(b));

    private static List<(long Updated, byte[] Id, (StateKey Key, string Label, long UpdatedMs, StateRow Row) Row)> Page(
        Session session, string kind, string label, (long UpdatedMs, string Id)? before, int limit)
    {
        var updated = before?.UpdatedMs ?? long.MaxValue;
        return session["""
            SELECT l.id, l.updated, s.version, s.data, s.last_event FROM labels l JOIN state s ON s.id = l.id
            WHERE l.kind = ? AND l.label = ? AND l.updated <= ? AND (l.updated < ? OR l.id < ?) ORDER BY l.updated DESC, l.id DESC LIMIT ?
            """].AddUtf8(kind).AddUtf8(label).Add(updated).Add(updated).Add(Key(new StateKey(kind, before?.Id ?? ""))).Add(limit)
            .Read(r => (r.Int64(1), r.Bytes(0), (StateKeyCodec.Read(r.Bytes(0)), label, r.Int64(1), new StateRow(r.Int64(2), r.Bytes(3), r.Int64(4)))));
    }

    internal static byte[] Key(StateKey key)
    {
        var bytes = (stackalloc byte[StateKeyCodec.MaxLength(key)]);
        return bytes[..StateKeyCodec.Write(key, bytes)].ToArray();
    }

    // Which one it was shows only once what the statement has written is undone.
    private static FlushFailedException Stale(Session session, List<StateWrite> writes)
    {
        session.Rollback();
        var found = new Dictionary<StateKey, StateRow>();
        if (session.IsOpen)
        {
            Find(session, [.. writes.Select(w => w.Key)], found);
        }

        var wrong = writes.FirstOrDefault(w => (found.TryGetValue(w.Key, out var row) ? row.Version : 0) != w.Previous) ?? writes[0];
        return new FlushFailedException(
            $"{wrong.Key.Kind} '{wrong.Key.Id}' was expected at version {wrong.Previous} to become {wrong.Version}, "
            + (found.TryGetValue(wrong.Key, out var there) ? $"but is at version {there.Version}." : "but there is none."));
    }
}
