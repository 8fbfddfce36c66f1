using Workers.Engine.Log;
using Workers.Engine.Store;

namespace Workers.Engine.Pump;

/// <summary>
/// The keys of a partition that wait: for a retry, or for what is before them. Rows of a key run in their order; a key stays parked until its
/// rows are gone. The rows are in the store; here is what the pump needs to decide.
/// </summary>
internal sealed class ParkedKeys
{
    private readonly Dictionary<string, LinkedList<ParkedRow>> _keys = [];
    private readonly PriorityQueue<string, long> _due = new();

    public int Rows { get; private set; }

    public int Keys => _keys.Count;

    public bool Holds(string key) => _keys.ContainsKey(key);

    public long? NextDueMs => _due.TryPeek(out _, out var due) ? due : null;

    /// <summary>Puts a row behind those of its key.</summary>
    public void Add(ParkedRow row)
    {
        if (!_keys.TryGetValue(row.Record.Key, out var rows))
        {
            _keys.Add(row.Record.Key, rows = new LinkedList<ParkedRow>());
            _due.Enqueue(row.Record.Key, row.DueMs);
        }

        rows.AddLast(row);
        Rows++;
    }

    /// <summary>A key whose first row is due, or null. It is no longer queued: <see cref="Wait"/> or <see cref="Done"/> must follow.</summary>
    public string? TakeDue(long nowMs)
    {
        while (_due.TryPeek(out var key, out var due) && due <= nowMs)
        {
            _due.Dequeue();
            if (_keys.ContainsKey(key))
            {
                return key;
            }
        }

        return null;
    }

    /// <summary>Rows of a key in their order.</summary>
    public IEnumerable<ParkedRow> RowsOf(string key) => _keys.TryGetValue(key, out var rows) ? rows : [];

    /// <summary>The key's first row is gone; the next one may run at once.</summary>
    public void Done(string key)
    {
        var rows = _keys[key];
        rows.RemoveFirst();
        Rows--;
        if (rows.Count == 0)
        {
            _keys.Remove(key);
        }
    }

    /// <summary>The key's first row is replaced and waits until its new due time.</summary>
    public void Wait(string key, ParkedRow row)
    {
        _keys[key].First!.Value = row;
        _due.Enqueue(key, row.DueMs);
    }

    /// <summary>The key goes on at the next turn.</summary>
    public void Requeue(string key, long nowMs) => _due.Enqueue(key, nowMs);

    /// <summary>Every row, of one key after the other.</summary>
    public IEnumerable<ParkedRow> All() => _keys.Values.SelectMany(rows => rows);

    /// <summary>A row is gone, wherever it stood: <see cref="Reschedule"/> must follow.</summary>
    public void Remove(ParkedRow row)
    {
        var rows = _keys[row.Record.Key];
        rows.Remove(rows.First(r => r.Order == row.Order));
        Rows--;
        if (rows.Count == 0)
        {
            _keys.Remove(row.Record.Key);
        }
    }

    /// <summary>Each key is due when its first row says so now.</summary>
    public void Reschedule(Func<ParkedRow, long> due)
    {
        _due.Clear();
        foreach (var (key, rows) in _keys)
        {
            _due.Enqueue(key, due(rows.First!.Value));
        }
    }

    /// <summary>Replaces what is here by the rows that are stored.</summary>
    public void Load(PumpContext context, PartitionId partition)
    {
        Clear();
        var after = long.MinValue;
        while (context.Reader.Parked(context.Group, partition, after, 1_000) is { Count: > 0 } rows)
        {
            rows.ToList().ForEach(Add);
            after = rows[^1].Order;
        }
    }

    public void Clear()
    {
        _keys.Clear();
        _due.Clear();
        Rows = 0;
    }
}
