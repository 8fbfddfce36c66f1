using Workers.Contracts.Commands;

namespace Workers.Engine.Telemetry;

/// <summary>How long a command took that has ended, for the figures alone: it is not stored with its outcome.</summary>
/// <param name="Type">What the command is called, also where a registered handler alone knows it.</param>
/// <param name="SubmittedMs">When it was accepted; 0 where that is not known.</param>
/// <param name="QueueMs">From acceptance to its start.</param>
/// <param name="RunMs">From its start to its end.</param>
public sealed record Timing(CommandInfo Command, string Type, long SubmittedMs, double QueueMs, double RunMs);
