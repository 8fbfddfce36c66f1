using System.Text.Json;
using System.Text.Json.Nodes;
using Workers.MongoDb.Native;

namespace Workers.MongoDb;

/// <summary>One write of a bulk.</summary>
internal sealed record MongoWrite
{
    private enum Kind
    {
        Insert,
        Replace,
        Update,
    }

    private Kind Does { get; init; }

    private JsonObject? Filter { get; init; }

    private JsonObject Document { get; init; } = null!;

    public bool Upsert { get; init; }

    /// <summary>The key that its filter names.</summary>
    public string Key => Filter?["_id"]?.GetValue<string>() ?? throw new InvalidOperationException("A write without a filter has no key.");

    public static MongoWrite Insert(JsonObject document) => new() { Document = document };

    /// <summary>Replaces the first that matches.</summary>
    public static MongoWrite Replace(JsonObject filter, JsonObject document, bool upsert) =>
        new() { Does = Kind.Replace, Filter = filter, Document = document, Upsert = upsert };

    /// <summary>Changes the first that matches.</summary>
    public static MongoWrite Update(JsonObject filter, JsonObject operators, bool upsert = false) =>
        new() { Does = Kind.Update, Filter = filter, Document = operators, Upsert = upsert };

    public void AddTo(nint bulk, nint upsert)
    {
        using var filter = Bson.Of(Filter);
        using var document = Bson.Of(Document);
        var options = Upsert ? upsert : 0;
        BsonError error;
        var added = Does switch
        {
            Kind.Insert => Mongoc.BulkInsert(bulk, document.Handle, 0, out error),
            Kind.Replace => Mongoc.BulkReplace(bulk, filter.Handle, document.Handle, options, out error),
            _ => Mongoc.BulkUpdate(bulk, filter.Handle, document.Handle, options, out error),
        };
        if (!added)
        {
            throw error.ToFailure();
        }
    }
}

/// <param name="Matched">Documents that an update or replacement found.</param>
/// <param name="Made">Documents that an insert or upsert made.</param>
/// <param name="Duplicates">Places in the bulk of those whose unique key is taken.</param>
internal sealed record MongoWritten(long Matched, long Made, IReadOnlyList<int> Duplicates)
{
    public static MongoWritten Read(JsonElement reply, MongoFailure? failure)
    {
        var duplicates = new List<int>();
        if (failure is not null)
        {
            var errors = reply.TryGetProperty("writeErrors", out var list) ? list.EnumerateArray().ToList() : [];
            if (failure.IsBroken || errors.Count == 0 || errors.Exists(e => e.GetProperty("code").GetInt32() != MongoFailure.DuplicateKey))
            {
                throw failure;
            }

            duplicates.AddRange(errors.Select(e => e.GetProperty("index").GetInt32()));
        }

        return new MongoWritten(
            reply.GetProperty("nMatched").GetInt64(), reply.GetProperty("nUpserted").GetInt64() + reply.GetProperty("nInserted").GetInt64(), duplicates);
    }
}
