using Workers.Engine.Options;

namespace Workers.Api.Cqrs;

/// <summary>The newest queries that this process has answered, bounded in number and bytes: no state of the business.</summary>
internal sealed class QueryTable(CqrsOptions options)
{
    private const long MostBytes = 64L << 20;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, AskedQuery> _byId = new(StringComparer.Ordinal);
    private readonly LinkedList<AskedQuery> _oldestFirst = new();
    private long _bytes;
    private long _total;
    private long _cached;

    /// <summary>Since the start: all, and those that a cache answered.</summary>
    public (long Total, long Cached) Counts
    {
        get
        {
            lock (_gate)
            {
                return (_total, _cached);
            }
        }
    }

    /// <summary>One of the same id is replaced.</summary>
    public void Add(AskedQuery query)
    {
        lock (_gate)
        {
            query = query with { Seq = ++_total };
            _cached += query.Cached ? 1 : 0;
            if (_byId.TryGetValue(query.Id, out var before))
            {
                Remove(before);
            }

            _byId[query.Id] = query;
            _oldestFirst.AddLast(query);
            _bytes += query.Bytes;
            while (_byId.Count > options.MaxQueries || (_bytes > MostBytes && _byId.Count > 1))
            {
                Remove(_oldestFirst.First!.Value);
            }
        }
    }

    public AskedQuery? Find(string id)
    {
        lock (_gate)
        {
            return _byId.GetValueOrDefault(id);
        }
    }

    /// <summary>Newest first.</summary>
    /// <param name="type">Of this type alone; null for any.</param>
    /// <param name="status">With this status alone; null for any.</param>
    /// <param name="before">Those that were asked before this one.</param>
    /// <param name="count">So many at most.</param>
    public IReadOnlyList<AskedQuery> List(string? type, string? status, long before, int count)
    {
        lock (_gate)
        {
            return
            [
                .. _byId.Values.Where(query => query.Seq < before && (type is null || query.Type == type) && (status is null || query.Status == status))
                    .OrderByDescending(query => query.Seq).Take(count),
            ];
        }
    }

    private void Remove(AskedQuery query)
    {
        _byId.Remove(query.Id);
        _oldestFirst.Remove(query);
        _bytes -= query.Bytes;
    }
}

/// <summary>A query with what it came to.</summary>
/// <param name="Status">COMPLETED, NOT_FOUND or FAILED.</param>
/// <param name="Result">JSON; empty for none.</param>
/// <param name="Seq">In the order of the answers.</param>
internal sealed record AskedQuery(
    string Id, string Type, byte[] Data, string Status, byte[] Result, string? Code, string? Error, decimal DurationMs, bool Cached, long AtMs, long Seq = 0)
{
    public const string Completed = "COMPLETED";
    public const string NotFound = "NOT_FOUND";
    public const string Failed = "FAILED";

    public long Bytes => Result.Length + Data.Length + 512;
}
