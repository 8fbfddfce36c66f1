using Microsoft.Extensions.Logging;
using Workers.Engine.Telemetry;

namespace Workers.Engine.Effects;

/// <summary>Where attempts run: who we are, what time it is, who is told.</summary>
internal sealed record EffectSurroundings(string Group, string Worker, TimeProvider Clock, ILogger Log, RecordSpans? Spans)
{
    public long NowMs => Clock.GetUtcNow().ToUnixTimeMilliseconds();
}
