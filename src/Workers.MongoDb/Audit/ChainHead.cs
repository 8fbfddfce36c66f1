using System.Text.Json;

namespace Workers.MongoDb.Audit;

/// <summary>How far a chain was written for the positions of its group.</summary>
/// <param name="Hash">Of the last entry.</param>
/// <param name="Moves">How often it was written: who writes it next names the one it knows.</param>
/// <param name="Unclaimed">Ids of entries before it that no batch has claimed: for moments a worker's that lost its partition, else somebody's who put them in.</param>
/// <param name="Previous">The day of the chain before it in its partition; null where there was none, or where that was not noted yet.</param>
/// <param name="IsTrimmed">Retention has deleted its entries, or is at it.</param>
internal sealed record ChainHead(ChainKey Chain, long Entries, byte[] Hash, long Moves, IReadOnlyList<string> Unclaimed, int? Previous, bool IsTrimmed)
{
    public static ChainHead Read(JsonElement document) => new(
        ChainKey.Parse(document.Text("_id")), document.Int64("entries"), document.Bytes("hash"), document.Int64("moves"),
        document.TryGetProperty("unclaimed", out var ids) ? [.. ids.EnumerateArray().Select(id => id.GetString()!)] : [],
        document.TryGetProperty("previous", out var day) ? day.GetInt32() : null, document.TryGetProperty("trimmed", out _));
}
