using Workers.Engine.Store;

namespace Workers.Engine.Session;

/// <summary>
/// What a batch does with dead letters: takes them off the desk, or edits them. What it and those in flight have done is known to whoever comes next, so that of a
/// replay and a discard of one letter only the first finds it.
/// </summary>
internal sealed class StagedLetters(IStateReader reader)
{
    private readonly List<(DeadLetter Letter, bool IsGone)> _staged = [];
    private readonly Dictionary<Guid, (DeadLetter Letter, bool IsGone, int Flush)> _written = [];
    private int _flush;

    public int Count => _staged.Count;

    /// <summary>Null where there is none, or none any more.</summary>
    public DeadLetter? Find(Guid id)
    {
        var stored = reader.DeadLetter(id);
        var index = _staged.FindLastIndex(staged => staged.Letter.Id == id);
        var known = index >= 0 ? _staged[index] : _written.TryGetValue(id, out var written) ? (written.Letter, written.IsGone) : default;

        // One that has failed again since is another one.
        return known.Letter is null || stored?.LastMs > known.Letter.LastMs ? stored : known.IsGone ? null : known.Letter;
    }

    public void Take(DeadLetter letter) => _staged.Add((letter, true));

    public void Put(DeadLetter letter) => _staged.Add((letter, false));

    public void RollbackTo(int count) => _staged.RemoveRange(count, _staged.Count - count);

    public void MoveTo(Flush flush)
    {
        _flush++;
        foreach (var (id, written) in _written)
        {
            // Two flushes may be in flight: what went with those before them is stored.
            if (written.Flush < _flush - 2)
            {
                _written.Remove(id);
            }
        }

        // Of a letter that was edited and taken in one batch the last word counts.
        foreach (var (letter, isGone) in _staged.GroupBy(staged => staged.Letter.Id).Select(group => group.Last()))
        {
            _written[letter.Id] = (letter, isGone, _flush);
            if (isGone)
            {
                flush.DeadLettersDone.Add(letter.Id);
            }
            else
            {
                flush.DeadLetters.Add(letter);
            }
        }

        _staged.Clear();
    }

    public void Clear()
    {
        _staged.Clear();
        _written.Clear();
    }
}
