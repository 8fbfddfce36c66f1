namespace Workers.Engine.Effects;

/// <summary>Nothing was sent (a circuit is open, the service has no room): the effect is tried later and no attempt is used up, but time is.</summary>
/// <param name="reason">For people.</param>
/// <param name="after">When to try again; null takes the policy's delay.</param>
/// <param name="inner">The cause.</param>
public sealed class EffectPostponed(string reason, TimeSpan? after = null, Exception? inner = null) : Exception(reason, inner)
{
    public TimeSpan? After { get; } = after;
}
