namespace Workers.Engine.Session;

/// <summary>
/// The savepoint of a record, in memory: what each touched entry was before. Rolling back restores entries in reverse order.
/// </summary>
internal sealed class UndoLog
{
    private readonly List<Step> _steps = [];

    public int Count => _steps.Count;

    public void Remember(StateEntry entry, BatchSession session)
    {
        var live = entry.Live;
        var image = live is not null && entry.Type.Mutable ? entry.Image ??= session.Write(entry.Type, live) : null;
        _steps.Add(new Step(entry, image is null ? live : null, image, entry.Version, entry.Dirty, entry.Label));
    }

    public void RollbackTo(int count)
    {
        for (var i = _steps.Count - 1; i >= count; i--)
        {
            var step = _steps[i];
            step.Entry.Live = step.Image is null ? step.Live : step.Entry.Type.Read(step.Image);
            step.Entry.Image = step.Image;
            step.Entry.Version = step.Version;
            step.Entry.Dirty = step.Dirty;
            step.Entry.Label = step.Label;
        }

        _steps.RemoveRange(count, _steps.Count - count);
    }

    public void Clear() => _steps.Clear();

    private readonly record struct Step(StateEntry Entry, object? Live, byte[]? Image, long Version, bool Dirty, string? Label);
}
