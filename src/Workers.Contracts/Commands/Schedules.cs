using System.Text.Json;

namespace Workers.Contracts.Commands;

/// <summary>What is said to one schedule.</summary>
public abstract record ScheduleCommand : ICommand
{
    [Key]
    public string ScheduleId { get; init => field = value ?? ""; } = "";
}

/// <summary>What somebody wants of a schedule, and why.</summary>
public abstract record ScheduleChange : ScheduleCommand
{
    [Length(1, 1000)]
    public string? Reason { get; init; }
}

/// <summary>What a schedule is to be.</summary>
public abstract record ScheduleDefinition : ScheduleChange
{
    /// <summary>What, when, and how.</summary>
    [Open]
    public Dictionary<string, JsonElement>? Definition { get; init; }
}

/// <summary>A command is executed again and again.</summary>
[Command(Kind.System, "create_schedule", "schedule", Internal = true, ForAll = true)]
public sealed record CreateSchedule : ScheduleDefinition;

/// <summary>It is another one from now on; what it was before has been.</summary>
[Command(Kind.System, "update_schedule", "schedule", Internal = true, ForAll = true)]
public sealed record UpdateSchedule : ScheduleDefinition;

/// <summary>It fires no more.</summary>
[Command(Kind.System, "delete_schedule", "schedule", Internal = true, ForAll = true)]
public sealed record DeleteSchedule : ScheduleChange;

/// <summary>It does not fire until somebody resumes it, or a time comes.</summary>
[Command(Kind.System, "pause_schedule", "schedule", Internal = true, ForAll = true)]
public sealed record PauseSchedule : ScheduleChange
{
    /// <summary>When it ends by itself, in milliseconds since 1970; absent: never.</summary>
    public long? UntilMs { get; init; }
}

/// <summary>It fires again; not for the times of the pause.</summary>
[Command(Kind.System, "resume_schedule", "schedule", Internal = true, ForAll = true)]
public sealed record ResumeSchedule : ScheduleChange;

/// <summary>Its command is executed now, whatever its times are.</summary>
[Command(Kind.System, "trigger_schedule", "schedule", Internal = true)]
public sealed record TriggerSchedule : ScheduleChange;

/// <summary>A schedule is due, or what it waited for has ended: sent by the scheduler. Which times fire is decided by who has the schedule.</summary>
[Command(Kind.System, "fire_schedule", "schedule", Internal = true)]
public sealed record FireSchedule : ScheduleCommand
{
    /// <summary>When it was due by the clock of who sent it, in milliseconds since 1970.</summary>
    public long? DueMs { get; init; }
}

/// <summary>A command that waits for its time is given another one.</summary>
[Command(Kind.System, "reschedule", "command", Internal = true)]
public sealed record RescheduleCommand : ICommand
{
    /// <summary>The command's key.</summary>
    [Key]
    public string RecordKey { get; init => field = value ?? ""; } = "";

    /// <summary>Our id of the command.</summary>
    public string TargetId { get; init => field = value ?? ""; } = "";

    /// <summary>Milliseconds since 1970.</summary>
    public long? DueMs { get; init; }

    [Length(1, 1000)]
    public string? Reason { get; init; }
}
