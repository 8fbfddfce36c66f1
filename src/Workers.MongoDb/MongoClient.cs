using System.Text.Json;
using System.Text.Json.Nodes;
using Workers.Engine.Projections;
using Workers.MongoDb.Native;

namespace Workers.MongoDb;

/// <summary>A client of the pool, for the one thread that took it. Every call blocks and throws <see cref="MongoFailure"/>.</summary>
internal sealed class MongoClient(nint handle, string database)
{
    /// <summary>The option of a command that says how long it may take, and for lists and queries how long that is.</summary>
    public const string Limit = "maxTimeMS";

    public static readonly long LimitMs = (long)QueryTimeoutException.Limit.TotalMilliseconds;

    private const int Primary = 1;

    // A collection cannot have more.
    private const int MostIndexes = 64;

    // FerretDB holds one of a hundred connections to its database for each update of a command until the command ends, also where the client has gone meanwhile, and
    // stands still for ever where all are held: several commands at once must fit. A round trip more costs MongoDB little.
    private const int MostWrites = 20;

    public nint Handle => handle;

    public JsonElement Command(JsonObject command)
    {
        using var document = Bson.Of(command);
        using var reply = new BsonReply();
        return Mongoc.Command(handle, database, document.Handle, 0, reply.Handle, out var error) ? reply.Read() : throw error.ToFailure();
    }

    /// <param name="options">As of the command <c>find</c>: sort, limit, skip, projection.</param>
    /// <param name="primary">For what a write rests upon; else the connection string says who answers.</param>
    public IEnumerable<JsonElement> Find(string collection, JsonObject filter, JsonObject? options = null, bool primary = false)
    {
        var source = Mongoc.Collection(handle, database, collection);
        var preferences = primary ? Mongoc.PreferencesNew(Primary) : 0;
        var cursor = Open(source, filter, options, preferences);
        try
        {
            while (Mongoc.CursorNext(cursor, out var document))
            {
                yield return Bson.Read(document);
            }

            if (Mongoc.CursorError(cursor, out var error))
            {
                throw error.ToFailure();
            }
        }
        finally
        {
            Mongoc.CursorDestroy(cursor);
            Mongoc.PreferencesDestroy(preferences);
            Mongoc.CollectionDestroy(source);
        }
    }

    public long Count(string collection, JsonObject filter) =>
        Command(new JsonObject { ["count"] = collection, ["query"] = filter, [Limit] = LimitMs }).GetProperty("n").GetInt64();

    /// <summary>The same as far as <see cref="ListTotal.Exact"/>; beyond that the size of the whole collection where nothing is filtered.</summary>
    public ListTotal CountList(string collection, JsonObject filter, bool whole)
    {
        var count = Command(new JsonObject { ["count"] = collection, ["query"] = filter, ["limit"] = ListTotal.Exact + 1, [Limit] = LimitMs }).GetProperty("n").GetInt64();
        return count <= ListTotal.Exact ? new ListTotal(count, false)
            : whole ? new ListTotal(Math.Max(ListTotal.Exact, Count(collection, [])), true)
            : new ListTotal(ListTotal.Exact, true);
    }

    /// <summary>Makes those that are not there, one by one: FerretDB drops the connection where two clients ask for several at once.</summary>
    public void EnsureIndexes(string collection, params IEnumerable<MongoIndex> indexes)
    {
        var known = Indexes(collection);
        foreach (var index in indexes.Where(i => !known.Contains(i.Name)))
        {
            Command(new JsonObject { ["createIndexes"] = collection, ["indexes"] = new JsonArray(index.Document()) });
        }
    }

    /// <summary>
    /// One after another where <paramref name="ordered"/>, up to the first that fails; else all of them, but of FerretDB, which ends a command of updates at
    /// its first failure. Writes that met a document with the same unique key are told, any other failure is thrown.
    /// </summary>
    public MongoWritten Write(string collection, IReadOnlyList<MongoWrite> writes, bool ordered = false)
    {
        var (matched, made, duplicates) = (0L, 0L, new List<int>());
        for (var start = 0; start < writes.Count && !(ordered && duplicates.Count > 0); start += MostWrites)
        {
            var written = Send(collection, writes.Skip(start).Take(MostWrites), ordered);
            (matched, made) = (matched + written.Matched, made + written.Made);
            duplicates.AddRange(written.Duplicates.Select(place => place + start));
        }

        return new MongoWritten(matched, made, duplicates);
    }

    private MongoWritten Send(string collection, IEnumerable<MongoWrite> writes, bool ordered)
    {
        var target = Mongoc.Collection(handle, database, collection);
        using var options = Bson.Of(new JsonObject { ["ordered"] = ordered });
        var bulk = Mongoc.BulkNew(target, options.Handle);
        try
        {
            using var upsert = Bson.Of(new JsonObject { ["upsert"] = true });
            foreach (var write in writes)
            {
                write.AddTo(bulk, upsert.Handle);
            }

            using var reply = new BsonReply();
            var done = Mongoc.BulkExecute(bulk, reply.Handle, out var error) != 0;
            return MongoWritten.Read(reply.Read(), done ? null : error.ToFailure());
        }
        finally
        {
            Mongoc.BulkDestroy(bulk);
            Mongoc.CollectionDestroy(target);
        }
    }

    private HashSet<string> Indexes(string collection)
    {
        try
        {
            var reply = Command(new JsonObject { ["listIndexes"] = collection, ["cursor"] = new JsonObject { ["batchSize"] = MostIndexes } });
            return [.. reply.GetProperty("cursor").GetProperty("firstBatch").EnumerateArray().Select(i => i.Text("name"))];
        }
        catch (MongoFailure failure) when (failure.Code == MongoFailure.NoCollection)
        {
            return [];
        }
    }

    private static nint Open(nint source, JsonObject filter, JsonObject? options, nint preferences)
    {
        using var query = Bson.Of(filter);
        using var how = Bson.Of(options);
        return Mongoc.Find(source, query.Handle, how.Handle, preferences);
    }
}
