using Workers.Engine.Store;

namespace Workers.Engine.Session;

/// <summary>
/// What a batch writes for every worker, and what was written before it: the one group that writes it reads its own writes, those in flight too.
/// </summary>
internal sealed class StagedControl(IStateReader reader)
{
    private readonly List<(ControlWrite? Write, Guid Unfinished)> _staged = [];
    private readonly Dictionary<ControlName, byte[]?> _written = [];

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

        return _written.TryGetValue(new ControlName(kind, name), out var data) ? data : reader.FindControl(kind, name)?.Data;
    }

    public void Add(ControlWrite write) => _staged.Add((write, default));

    /// <summary>The batch is only written while that command has no outcome.</summary>
    public void Require(Guid unfinished) => _staged.Add((null, unfinished));

    public void RollbackTo(int count) => _staged.RemoveRange(count, _staged.Count - count);

    public void MoveTo(Flush flush)
    {
        foreach (var (write, unfinished) in _staged)
        {
            if (write is null)
            {
                flush.Unfinished.Add(unfinished);
                continue;
            }

            _written[new ControlName(write.Kind, write.Name)] = write.Data;
            flush.Control.RemoveAll(other => other.Kind == write.Kind && other.Name == write.Name);
            flush.Control.Add(write);
        }

        _staged.Clear();
    }

    public void Clear()
    {
        _staged.Clear();
        _written.Clear();
    }
}
