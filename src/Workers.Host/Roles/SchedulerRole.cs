using Workers.Scheduler;

namespace Workers.Host.Roles;

/// <summary>Says when schedules are due.</summary>
internal static class SchedulerRole
{
    public static void Add(IServiceCollection services) => services.AddScheduler();
}
