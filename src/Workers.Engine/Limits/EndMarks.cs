namespace Workers.Engine.Limits;

/// <summary>Where a partition ended at which time: by it is known how long a record waits, without reading it.</summary>
internal sealed class EndMarks
{
    private const int Most = 1_024;
    private readonly List<(TimeSpan At, long End)> _marks = [];
    private TimeSpan? _first;

    /// <summary>The partition ends here now.</summary>
    public void Note(TimeSpan now, long end)
    {
        _first ??= now;
        if (_marks.Count > 0 && _marks[^1].End == end)
        {
            _marks[^1] = (now, end);
            return;
        }

        _marks.Add((now, end));
        if (_marks.Count > Most)
        {
            // Half as many tell the same, half as exactly.
            var index = 0;
            _marks.RemoveAll(_ => index++ % 2 == 1);
        }
    }

    /// <summary>When the record at the offset was not there yet: the last such time, or when the first look was.</summary>
    public TimeSpan LastBefore(long offset)
    {
        var last = _marks.FindLastIndex(mark => mark.End <= offset);
        if (last < 0)
        {
            return _first ?? TimeSpan.Zero;
        }

        _marks.RemoveRange(0, last);
        return _marks[0].At;
    }
}
