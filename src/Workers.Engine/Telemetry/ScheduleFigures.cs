namespace Workers.Engine.Telemetry;

/// <summary>What a decision on a schedule comes to, counted when it is committed.</summary>
/// <param name="DelaysMs">Of each command that it appends: so long after it was due.</param>
/// <param name="Missed">So many of its times were missed.</param>
/// <param name="Policy">What becomes of missed times.</param>
public sealed record ScheduleFigures(IReadOnlyList<long> DelaysMs, int Missed, string Policy);
