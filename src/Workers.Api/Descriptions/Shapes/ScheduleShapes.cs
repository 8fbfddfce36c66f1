using System.Text.Json;
using Workers.Contracts.Commands;
using Workers.Engine.Store;

namespace Workers.Api.Descriptions;

/// <summary>A schedule: a command for one time (`command`, `at`, `description`), or one that is executed again and again.</summary>
internal sealed record ScheduleBodyShape
{
    /// <summary>Of a schedule that fires again and again; made if absent.</summary>
    public string? ScheduleId { get; init; }

    /// <summary>What `POST /api/v1/commands/execute` takes, without `command_id` where it is executed more than once.</summary>
    public IReadOnlyDictionary<string, JsonElement>? Command { get; init; }

    /// <summary>The one time.</summary>
    public DateTimeOffset? At { get; init; }

    /// <summary>Seconds, minutes, hours, day of month, month, day of week, perhaps a year, as Quartz has them.</summary>
    public string? Cron { get; init; }

    /// <summary>Instead of `cron`: such as `90s`, `15m`, `2h`, `1d`.</summary>
    public string? Interval { get; init; }

    /// <summary>An IANA name; `UTC` if absent.</summary>
    public string? TimeZone { get; init; }

    /// <summary>What becomes of times that were missed: one fire for all (the default), none, or each.</summary>
    [OneOf("fire_now", "skip", "fire_all")]
    public string? Misfire { get; init; }

    /// <summary>What becomes of a time at which the last command still runs: it fires (the default), is skipped, or waits.</summary>
    [OneOf("allow", "skip", "queue")]
    public string? Overlap { get; init; }

    public DateTimeOffset? StartAt { get; init; }

    public DateTimeOffset? EndAt { get; init; }

    /// <summary>Each time is put off by up to so much, by a rule that every process knows: such as `30s`.</summary>
    public string? Jitter { get; init; }

    public CalendarShape? Calendar { get; init; }

    [Length(0, 1_000)]
    public string? Description { get; init; }

    [Length(0, 1_000)]
    public string? Owner { get; init; }

    public IReadOnlyList<string>? Tags { get; init; }

    [Length(0, 1_000)]
    public string? Reason { get; init; }
}

/// <summary>Days on which nothing fires.</summary>
internal sealed record CalendarShape
{
    public string? Name { get; init; }

    /// <summary>`MON` to `SUN`.</summary>
    public IReadOnlyList<string>? Weekdays { get; init; }

    /// <summary>Such as `2026-12-25`, or each year `12-25`.</summary>
    public IReadOnlyList<string>? Dates { get; init; }
}

/// <summary>A schedule as it is.</summary>
internal sealed record ScheduleShape
{
    public required string Id { get; init; }

    public required string ScheduleId { get; init; }

    [OneOf("once", "cron", "interval")]
    public required string Kind { get; init; }

    /// <summary>`ACTIVE`, `PAUSED`, `ENDED`, or `UNREADABLE` where this machine cannot tell its times (`error`); of a command for one time its own.</summary>
    public required string State { get; init; }

    public ScheduledCommandShape? Command { get; init; }

    public DateTimeOffset? At { get; init; }

    /// <summary>Of a command for one time.</summary>
    public string? CommandId { get; init; }

    public string? Cron { get; init; }

    /// <summary>The cron expression in words.</summary>
    public string? InWords { get; init; }

    /// <summary>Why it cannot fire on this machine.</summary>
    public string? Error { get; init; }

    public string? Interval { get; init; }

    public string? TimeZone { get; init; }

    public string? Misfire { get; init; }

    public string? Overlap { get; init; }

    public DateTimeOffset? StartAt { get; init; }

    public DateTimeOffset? EndAt { get; init; }

    public string? Jitter { get; init; }

    public CalendarShape? Calendar { get; init; }

    public string? Description { get; init; }

    public string? Owner { get; init; }

    public IReadOnlyList<string>? Tags { get; init; }

    public DateTimeOffset? NextFireAt { get; init; }

    public DateTimeOffset? LastFireAt { get; init; }

    public SchedulePauseShape? Paused { get; init; }

    [OneOf("api", "file")]
    public string? Source { get; init; }

    public string? CreatedBy { get; init; }

    public string? CommandBy { get; init; }

    public DateTimeOffset? CreatedAt { get; init; }

    public DateTimeOffset? UpdatedAt { get; init; }

    public ScheduleLinksShape? Links { get; init; }
}

/// <summary>What is executed.</summary>
internal sealed record ScheduledCommandShape
{
    public required string Type { get; init; }

    public string? Key { get; init; }

    /// <summary>Its members, sensitive ones hidden.</summary>
    public IReadOnlyDictionary<string, JsonElement>? Data { get; init; }
}

/// <summary>Why and until when it does not fire.</summary>
internal sealed record SchedulePauseShape
{
    public string? Reason { get; init; }

    public DateTimeOffset? Until { get; init; }

    public required string By { get; init; }

    public required DateTimeOffset At { get; init; }
}

internal sealed record ScheduleLinksShape
{
    public required string Self { get; init; }

    public string? Upcoming { get; init; }

    public string? Runs { get; init; }

    public string? Command { get; init; }
}

/// <summary>What a schedule would come to.</summary>
internal sealed record PreviewShape
{
    /// <summary>When it would fire, in words.</summary>
    public required string InWords { get; init; }

    /// <summary>Its next times.</summary>
    public required IReadOnlyList<UpcomingShape> Items { get; init; }
}

/// <summary>How many at most.</summary>
internal sealed record Limited
{
    /// <summary>50 if nothing is said.</summary>
    [Between(1, 1_000)]
    public int? Limit { get; init; }
}

/// <summary>A time to come.</summary>
internal sealed record UpcomingShape
{
    public required DateTimeOffset At { get; init; }

    /// <summary>By the schedule's own clock.</summary>
    public string? Local { get; init; }

    /// <summary>With its jitter.</summary>
    public DateTimeOffset? DueAt { get; init; }

    /// <summary>That the clock is changed that day, and what that means for this time.</summary>
    public string? ClockChange { get; init; }
}

/// <summary>What became of a time; of a command for one time the command itself.</summary>
internal sealed record RunShape
{
    public DateTimeOffset? At { get; init; }

    public DateTimeOffset? DecidedAt { get; init; }

    [OneOf("FIRED", "MISFIRED", "TRIGGERED", "SKIPPED_MISFIRE", "SKIPPED_OVERLAP", "WAITING")]
    public string? Result { get; init; }

    /// <summary>How many missed times it stands for.</summary>
    public int? Missed { get; init; }

    public string? CommandId { get; init; }

    public CommandState? State { get; init; }

    public DateTimeOffset? CompletedAt { get; init; }

    public ScheduleLinksShape? Links { get; init; }
}

/// <summary>What a schedule was asked for; of a command for one time what it is then.</summary>
internal sealed record ScheduleAskedShape
{
    public string? Id { get; init; }

    public string? ScheduleId { get; init; }

    /// <summary>Ours, of the command that was appended.</summary>
    public string? CommandId { get; init; }

    public string? Kind { get; init; }

    public string? State { get; init; }

    public DateTimeOffset? At { get; init; }

    public bool? Deleted { get; init; }

    /// <summary>Of one that was due: how many commands it has appended.</summary>
    public long? Fired { get; init; }

    /// <summary>How many of its times were missed.</summary>
    public long? Missed { get; init; }

    /// <summary>How many came while the last command ran.</summary>
    public long? Skipped { get; init; }
}

/// <summary>Schedules that are searched for.</summary>
internal sealed record ScheduleFilters : Paging
{
    [OneOf("once", "cron", "interval")]
    public string? Kind { get; init; }

    public string? Tag { get; init; }

    public string? Owner { get; init; }

    [OneOf("ACTIVE", "PAUSED", "ENDED", "UNREADABLE", "SCHEDULED")]
    public string? State { get; init; }
}

/// <summary>Why it does not fire, and until when.</summary>
internal sealed record SchedulePauseBody
{
    [Length(0, 1_000)]
    public string? Reason { get; init; }

    /// <summary>When it ends by itself.</summary>
    public DateTimeOffset? Until { get; init; }
}

/// <summary>From when on times are told.</summary>
internal sealed record UpcomingFilters : Paging
{
    public DateTimeOffset? After { get; init; }
}

/// <summary>Schedules, each with its `schedule_id`.</summary>
internal record ScheduleFileShape
{
    public required IReadOnlyList<ScheduleBodyShape> Schedules { get; init; }
}

/// <summary>Schedules that are wanted.</summary>
internal sealed record ScheduleImportBody : ScheduleFileShape
{
    /// <summary>Calendars by name, for schedules whose `calendar` is one.</summary>
    public IReadOnlyDictionary<string, JsonElement>? Calendars { get; init; }

    /// <summary>Those that are not among them are deleted, whoever made them.</summary>
    public bool? Prune { get; init; }

    /// <summary>Nothing is written.</summary>
    public bool? DryRun { get; init; }

    [Length(0, 1_000)]
    public string? Reason { get; init; }
}

/// <summary>What an import has done, or would do; ids.</summary>
internal sealed record ImportedShape
{
    public required IReadOnlyList<string> Created { get; init; }

    public required IReadOnlyList<string> Changed { get; init; }

    public required IReadOnlyList<string> Deleted { get; init; }

    /// <summary>There, and not among what was wanted.</summary>
    public required IReadOnlyList<string> Left { get; init; }

    public required int Unchanged { get; init; }

    public required bool DryRun { get; init; }
}
