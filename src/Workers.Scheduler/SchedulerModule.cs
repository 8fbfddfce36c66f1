using Microsoft.Extensions.DependencyInjection;

namespace Workers.Scheduler;

/// <summary>The door of time: says when schedules are due.</summary>
public static class SchedulerModule
{
    /// <summary>Needs in the container: <c>ILog</c>, <c>IStateStore</c>, <c>ControlFeed</c>, <c>JobStorage</c>, <c>SchedulerOptions</c>, <c>EngineMeter</c>, <c>TimeProvider</c>.</summary>
    public static IServiceCollection AddScheduler(this IServiceCollection services) => services
        .AddSingleton<ScheduleFiring>()
        .AddSingleton<ITriggers, QuartzClock>()
        .AddHostedService<ScheduleClock>();
}
