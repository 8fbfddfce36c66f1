using Workers.Contracts.Headers;
using Workers.Engine.Pump;
using Workers.Engine.Store;

namespace Workers.Engine.Commands;

/// <summary>
/// Knows which commands have an outcome and which callers' keys are taken: what is stored, looked up once a batch, and what the batches in
/// flight have staged.
/// </summary>
internal sealed class RepeatFilter
{
    private readonly Dictionary<Guid, Outcome> _outcomes = [];
    private readonly Dictionary<Guid, CallerKeyWrite> _keys = [];
    private readonly List<CallerKeyWrite> _claims = [];
    private readonly List<Guid> _ids = [];
    private readonly List<Guid> _hashes = [];
    private Dictionary<Guid, CommandState> _done = [];
    private Dictionary<Guid, CommandState> _doneBefore = [];
    private Dictionary<Guid, CallerKeyWrite> _claimed = [];
    private Dictionary<Guid, CallerKeyWrite> _claimedBefore = [];

    public void Load(IReadOnlyList<WorkItem> batch, IStateReader reader)
    {
        _outcomes.Clear();
        _keys.Clear();
        _ids.Clear();
        _hashes.Clear();
        foreach (var item in batch)
        {
            _ids.Add(item.Record.Id);
            if (item.Record.Headers.TryGet(HeaderName.CallerKey, out var text) && Guid.TryParse(System.Text.Encoding.ASCII.GetString(text), out var hash))
            {
                _hashes.Add(hash);
            }
        }

        reader.FindOutcomes(_ids, _outcomes);
        if (_hashes.Count > 0)
        {
            reader.FindCallerKeys(_hashes, _keys);
        }
    }

    public Outcome? OutcomeOf(Guid id)
    {
        if (_outcomes.TryGetValue(id, out var stored))
        {
            return stored;
        }

        return _done.TryGetValue(id, out var state) || _doneBefore.TryGetValue(id, out state)
            ? new Outcome(id, state, null, 0, 0, 0, 0, default, -1, [])
            : null;
    }

    /// <summary>Who has the key: whoever had it before, else this one, which claims it.</summary>
    public CallerKeyWrite FirstOf(Guid hash, CallerKeyWrite claim)
    {
        if (_keys.TryGetValue(hash, out var first) || _claimed.TryGetValue(hash, out first) || _claimedBefore.TryGetValue(hash, out first))
        {
            return first;
        }

        _claimed.Add(hash, claim);
        _claims.Add(claim);
        return claim;
    }

    public void Done(Guid id, CommandState state) => _done[id] = state;

    /// <summary>Two batches may be in flight: what the one before the last staged is stored by now.</summary>
    public void MoveTo(Flush flush)
    {
        flush.CallerKeys.AddRange(_claims);
        _claims.Clear();
        (_done, _doneBefore) = (_doneBefore, _done);
        _done.Clear();
        (_claimed, _claimedBefore) = (_claimedBefore, _claimed);
        _claimed.Clear();
    }

    public void Clear()
    {
        _outcomes.Clear();
        _keys.Clear();
        _claims.Clear();
        _done.Clear();
        _doneBefore.Clear();
        _claimed.Clear();
        _claimedBefore.Clear();
    }
}
