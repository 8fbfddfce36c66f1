using System.Text.Json;

namespace Workers.Domain.Schedules;

/// <summary>How far a schedule has come, and its last runs, the newest first.</summary>
public sealed record ScheduleRuns
{
    public const string Kind = "schedule";

    /// <summary>When the schedule was made that this is of: of one that was deleted and made again nothing stays.</summary>
    public long Of { get; init; }

    /// <summary>The last time that was decided on.</summary>
    public long CursorMs { get; init; }

    /// <summary>Our id of the last command.</summary>
    public string? LastCommandId { get; init; }

    /// <summary>Times that wait for the command before them to end.</summary>
    public IReadOnlyList<long> Waiting { get; init; } = [];

    public IReadOnlyList<ScheduleRun> Runs { get; init; } = [];

    public long Fired { get; init; }

    /// <summary>Times that were missed, whatever became of them.</summary>
    public long Misfired { get; init; }

    /// <summary>Times at which nothing was appended, since the last command still ran.</summary>
    public long Skipped { get; init; }

    /// <exception cref="JsonException">It is none.</exception>
    public static ScheduleRuns Read(ReadOnlySpan<byte> json) => JsonSerializer.Deserialize(json, DomainJson.Default.ScheduleRuns) ?? throw new JsonException("The runs of a schedule were null.");
}

/// <summary>What became of a time of a schedule.</summary>
/// <param name="AtMs">The time.</param>
/// <param name="DecidedMs">When that was decided.</param>
/// <param name="How">One of the names here.</param>
/// <param name="CommandId">Our id; null where nothing was appended.</param>
/// <param name="Missed">How many missed times it stands for; 1,000 is 1,000 or more.</param>
public sealed record ScheduleRun(long AtMs, long DecidedMs, string How, string? CommandId, int? Missed = null)
{
    public const string Fired = "FIRED";
    public const string Misfired = "MISFIRED";
    public const string Triggered = "TRIGGERED";
    public const string SkippedMisfire = "SKIPPED_MISFIRE";
    public const string SkippedOverlap = "SKIPPED_OVERLAP";
    public const string Waits = "WAITING";
}
