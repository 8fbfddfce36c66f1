using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Quartz;
using Workers.Engine.Options;
using Workers.Engine.Store;

namespace Workers.Scheduler;

/// <summary>Quartz, with a container of its own: not made before there is a schedule.</summary>
internal sealed class QuartzClock(JobStorage storage, ScheduleFiring firing, SchedulerOptions options, ILoggerFactory loggers) : ITriggers
{
    private ServiceProvider? _services;
    private IScheduler? _scheduler;

    public bool IsStarted => _scheduler is not null;

    public async Task StartAsync(int schedules, CancellationToken cancellation)
    {
        if (_scheduler is not null)
        {
            return;
        }

        _services ??= Compose();
        var scheduler = await _services.GetRequiredService<ISchedulerFactory>().GetScheduler(cancellation);
        await scheduler.AddJob(FireJob.Detail, AddJobOptions.Replacing, cancellation);
        await scheduler.Start(cancellation);
        _scheduler = scheduler;
        Log.Started(loggers.CreateLogger<QuartzClock>(), schedules, storage.IsShared ? "clustered" : "embedded");
    }

    public async Task SetAsync(string schedule, long? dueMs, CancellationToken cancellation)
    {
        if (dueMs is { } due)
        {
            await _scheduler!.ScheduleTrigger(new Wake(schedule, due).Trigger(), TriggerConflict.Replace, cancellation);
        }
        else
        {
            await _scheduler!.UnscheduleJob(Wake.KeyOf(schedule), cancellation);
        }
    }

    public async Task StopAsync()
    {
        if (_scheduler is { } scheduler)
        {
            await scheduler.Shutdown(true, CancellationToken.None);
        }

        if (_services is { } services)
        {
            await services.DisposeAsync();
        }
    }

    private ServiceProvider Compose()
    {
        var services = new ServiceCollection().AddSingleton(loggers).AddSingleton(typeof(ILogger<>), typeof(Logger<>)).AddSingleton(firing);
        services.AddQuartz(quartz =>
        {
            quartz.ConfigureScheduler(scheduler => scheduler.InstanceName = "workers");
            quartz.UsePersistentStore(store =>
            {
                if (storage.IsShared)
                {
                    store.UseMySql(storage.Factory, storage.ConnectionString);
                    store.UseClustering(cluster => cluster.CheckinInterval = options.CheckIn);
                }
                else
                {
                    store.UseSqlite(storage.Factory, storage.ConnectionString);
                }

                store.ProvisionSchema();
                store.UseSystemTextJsonSerializer(_ => { });
            });
        });
        return services.BuildServiceProvider();
    }
}
