using Workers.Engine.Store;

namespace Workers.Engine.Session;

/// <summary>
/// What a batch writes for every worker, and what was written before it: the one group that writes it reads its own writes, those in flight too.
/// </summary>
internal sealed class StagedControl(IStateReader reader)
{
    private readonly List<(ControlWrite? Write, Guid Unfinished)> _staged = [];
    private readonly Dictionary<ControlName, (byte[]? Data, int Flush)> _written = [];
    private int _flush;

    public int Count => _staged.Count;

    /// <summary>The row's data; null where there is none or it was taken back.</summary>
    public byte[]? Find(string kind, string name)
    {
        for (var i = _staged.Count - 1; i >= 0; i--)
        {
            if (_staged[i].Write is { } write && write.Kind == kind && write.Name == name)
            {
                return write.Data;
            }
        }

        return _written.TryGetValue(new ControlName(kind, name), out var written) ? written.Data : reader.FindControl(kind, name)?.Data;
    }

    /// <summary>The names of a kind's rows that were not taken back.</summary>
    public IReadOnlyList<string> Names(string kind) =>
    [
        .. reader.ControlRows(0).Select(row => new ControlName(row.Kind, row.Name)).Concat(_written.Keys)
            .Concat(_staged.Where(staged => staged.Write is not null).Select(staged => new ControlName(staged.Write!.Kind, staged.Write.Name)))
            .Where(name => name.Kind == kind).Select(name => name.Name).Distinct().Where(name => Find(kind, name) is not null),
    ];

    public void Add(ControlWrite write) => _staged.Add((write, default));

    /// <summary>The batch is only written while that command has no outcome.</summary>
    public void Require(Guid unfinished) => _staged.Add((null, unfinished));

    public void RollbackTo(int count) => _staged.RemoveRange(count, _staged.Count - count);

    public void MoveTo(Flush flush)
    {
        Forget(++_flush);
        foreach (var (write, unfinished) in _staged)
        {
            if (write is null)
            {
                flush.Unfinished.Add(unfinished);
                continue;
            }

            _written[new ControlName(write.Kind, write.Name)] = (write.Data, _flush);
            flush.Control.RemoveAll(other => other.Kind == write.Kind && other.Name == write.Name);
            flush.Control.Add(write);
        }

        _staged.Clear();
    }

    // Two flushes may be in flight: what went with those before them is stored.
    private void Forget(int flush)
    {
        foreach (var (name, written) in _written)
        {
            if (written.Flush < flush - 2)
            {
                _written.Remove(name);
            }
        }
    }

    public void Clear()
    {
        _staged.Clear();
        _written.Clear();
    }
}
