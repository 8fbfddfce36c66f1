namespace Workers.Engine.Effects;

/// <summary>How often and how long a type of effect is tried.</summary>
public sealed record EffectPolicy
{
    /// <summary>Waits before each further attempt; the last one is repeated. Default 1 s, 5 s, 30 s, 1 min, 5 min.</summary>
    public IReadOnlyList<TimeSpan> Delays { get; init; } =
    [
        TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(5),
    ];

    /// <summary>Attempts at most; no bound by default.</summary>
    public int Attempts { get; init; } = int.MaxValue;

    /// <summary>Counted from the start of the first attempt: no attempt is started after it. No bound by default.</summary>
    public TimeSpan? Deadline { get; init; }

    /// <summary>An attempt that takes longer is a failed one, whatever its handler does. Default 1 min.</summary>
    public TimeSpan AttemptTimeout { get; init; } = TimeSpan.FromMinutes(1);

    internal long DeadlineMs(long firstMs) => Deadline is { } span ? firstMs + (long)span.TotalMilliseconds : long.MaxValue;

    /// <summary>
    /// When the next attempt is due: a tenth early or late, or up to a fifth after the moment that was asked for, so that what failed together is not
    /// tried together; never past the deadline.
    /// </summary>
    internal long NextMs(int attempt, TimeSpan? after, long firstMs, long nowMs)
    {
        var part = 0.2 * Random.Shared.NextDouble();
        var delay = after is { } asked ? asked * (1 + part) : Delays[Math.Min(attempt, Delays.Count) - 1] * (0.9 + part);
        return Math.Min(nowMs + Math.Max(1, (long)delay.TotalMilliseconds), Math.Max(nowMs, DeadlineMs(firstMs)));
    }
}
