namespace Workers.Engine.Effects;

/// <summary>The attempt failed, and whoever throws this knows when the next one makes sense.</summary>
/// <param name="message">For people.</param>
/// <param name="after">When to try again; null takes the policy's delay.</param>
/// <param name="counts">False where nothing was sent (a circuit is open): no attempt is used up, but the time is.</param>
/// <param name="inner">The cause.</param>
public sealed class EffectRetryException(string message, TimeSpan? after, bool counts = true, Exception? inner = null) : Exception(message, inner)
{
    public TimeSpan? After { get; } = after;

    public bool Counts { get; } = counts;
}
