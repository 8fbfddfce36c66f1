using Microsoft.Extensions.Logging;

namespace Workers.Engine.Effects;

/// <summary>Where attempts run: who we are, what time it is.</summary>
internal sealed record EffectSurroundings(string Group, string Worker, TimeProvider Clock, ILogger Log)
{
    public long NowMs => Clock.GetUtcNow().ToUnixTimeMilliseconds();
}
