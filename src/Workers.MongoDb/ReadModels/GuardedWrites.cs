using System.Text.Json.Nodes;
using Workers.MongoDb.Native;

namespace Workers.MongoDb.ReadModels;

/// <summary>Writes whose filter has the key and a guard: the document is made where there is none, and changed only where the guard lets it.</summary>
internal static class GuardedWrites
{
    // Each round but the last is of documents that somebody else makes or removes at this moment.
    private const int Rounds = 10;

    /// <param name="writes">Makes the writes, as upserts or not; no two of one key.</param>
    public static void Run(MongoClient client, string collection, Func<bool, IEnumerable<MongoWrite>> writes)
    {
        var upserts = writes(true).ToList();
        for (var round = 1; upserts.Count > 0; round++)
        {
            // Where the guard holds back, an upsert tries to make a second document and is told so: that one is changed if the guard lets it, never made.
            var written = client.Write(collection, upserts);
            if (written.Duplicates.Count == 0)
            {
                return;
            }

            // A server that stopped at the first of them has not looked at those behind it.
            var looked = written.Matched + written.Made + written.Duplicates.Count >= upserts.Count;
            var there = looked ? [.. written.Duplicates.Select(place => upserts[place].Key)] : Known(client, collection, upserts);
            client.Write(collection, [.. writes(false).Where(write => there.Contains(write.Key))]);
            upserts = looked ? [] : [.. upserts.Where(write => !there.Contains(write.Key))];
            if (round == Rounds && upserts.Count > 0)
            {
                throw new MongoFailure(0, MongoFailure.DuplicateKey, $"{upserts.Count} documents of {collection} are made and removed all the time");
            }
        }
    }

    private static HashSet<string> Known(MongoClient client, string collection, IEnumerable<MongoWrite> writes)
    {
        var options = new JsonObject { ["projection"] = new JsonObject { ["_id"] = 1 } };
        return [.. client.Find(collection, new JsonObject { ["_id"] = Documents.In(writes.Select(write => write.Key)) }, options, primary: true).Select(d => d.Text("_id"))];
    }
}
