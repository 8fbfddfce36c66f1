namespace Workers.Engine.Limits;

/// <summary>
/// How many records are executed a second: over the last half minute, or over its last seconds where they were faster, so that a standstill that has just ended does not count.
/// </summary>
internal sealed class DrainRate
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Short = TimeSpan.FromSeconds(5);

    private readonly Queue<(TimeSpan At, long Executed)> _looks = new();
    private long _executed;
    private (long Records, long Written)? _last;

    /// <summary>0 where there were no two looks some seconds apart.</summary>
    public double PerSecond { get; private set; }

    /// <param name="now">Since any moment.</param>
    /// <param name="records">That wait.</param>
    /// <param name="written">That were ever written.</param>
    public void Note(TimeSpan now, long records, long written)
    {
        if (_last is { } last)
        {
            _executed += Math.Max(0, last.Records + (written - last.Written) - records);
        }

        _last = (records, written);
        _looks.Enqueue((now, _executed));
        while (now - _looks.Peek().At > Long)
        {
            _looks.Dequeue();
        }

        PerSecond = Math.Max(Over(_looks.Peek(), now), Over(_looks.LastOrDefault(look => now - look.At >= Short, _looks.Peek()), now));
    }

    private double Over((TimeSpan At, long Executed) since, TimeSpan now) => now - since.At < Short ? 0 : (_executed - since.Executed) / (now - since.At).TotalSeconds;
}
