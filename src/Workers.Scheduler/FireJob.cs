using System.Globalization;
using Quartz;

namespace Workers.Scheduler;

/// <summary>A trigger has fired: the schedule is due. What is begun when the process ends is begun again by another.</summary>
internal sealed class FireJob(ScheduleFiring firing) : IJob
{
    public static JobKey Key { get; } = new("fire", "workers");

    /// <summary>All triggers are of one job, which stays without any.</summary>
    public static IJobDetail Detail => JobBuilder.Create<FireJob>().WithIdentity(Key).StoreDurably().RequestRecovery().Build();

    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken)
    {
        var wake = Wake.Of(context.MergedJobDataMap);
        await firing.FireAsync(wake.Schedule, wake.DueMs, cancellationToken);
    }
}

/// <summary>A trigger of a schedule's next time: one shot, the next one is set when this has fired.</summary>
internal readonly record struct Wake(string Schedule, long DueMs)
{
    private const string ScheduleName = "schedule";
    private const string DueName = "due";
    private const string Group = "schedules";

    public static TriggerKey KeyOf(string schedule) => new(schedule, Group);

    public static Wake Of(JobDataMap data) =>
        new(data.GetString(ScheduleName)!, long.Parse(data.GetString(DueName)!, NumberStyles.None, CultureInfo.InvariantCulture));

    public ITrigger Trigger() => TriggerBuilder.Create()
        .WithIdentity(KeyOf(Schedule))
        .ForJob(FireJob.Key)
        .UsingJobData(ScheduleName, Schedule)
        .UsingJobData(DueName, DueMs.ToString(CultureInfo.InvariantCulture))
        .StartAt(DateTimeOffset.FromUnixTimeMilliseconds(DueMs))
        .Build();
}
