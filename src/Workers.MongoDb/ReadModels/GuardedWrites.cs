namespace Workers.MongoDb.ReadModels;

/// <summary>Writes whose filter has the key and a guard: the document is made where there is none, and changed only where the guard lets it.</summary>
internal static class GuardedWrites
{
    /// <param name="writes">Makes the writes, as upserts or not; no two of one key.</param>
    public static void Run(MongoClient client, string collection, Func<bool, IEnumerable<MongoWrite>> writes)
    {
        // Where the guard holds back, or somebody else has just made the document, an upsert tries to make a second one and is told so. The document is
        // there then, and never goes away: what remains is the guard's to say.
        var refused = client.Write(collection, [.. writes(true)]).Duplicates;
        if (refused.Count > 0)
        {
            var again = refused.ToHashSet();
            client.Write(collection, [.. writes(false).Where((_, n) => again.Contains(n))]);
        }
    }
}
