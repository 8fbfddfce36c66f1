using Workers.Engine.Health;
using Workers.Engine.Log;
using Workers.Engine.Projections;
using Workers.Engine.Store;
using Workers.Redis;

namespace Workers.Host.Roles;

/// <summary>Whether what a port stands on answers a small question in time.</summary>
internal sealed class PortHealth(string name, bool required, Func<CancellationToken, Task> ask) : IHealth
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    public string Name => name;

    public bool IsRequired => required;

    /// <param name="ofLog">False where the log tells its health itself.</param>
    /// <param name="ofCache">True where the cache is a server's.</param>
    public static IServiceCollection Add(IServiceCollection services, bool ofLog, bool ofCache)
    {
        if (ofCache)
        {
            services.AddSingleton<IHealth>(provider => new PortHealth("cache", required: false, cancellation => RedisModule.PingAsync(provider, cancellation)));
        }

        if (ofLog)
        {
            services.AddSingleton<IHealth>(provider => new PortHealth(
                "log", required: true, cancellation => provider.GetRequiredService<ILog>().EndsAsync(Contracts.Topics.Commands, cancellation).AsTask()));
        }

        return services
            .AddSingleton<IHealth>(provider => new PortHealth(
                "store", required: true, cancellation => provider.GetRequiredService<IStateStore>().PositionAsync("commands", new PartitionId(Contracts.Topics.Commands, 0), cancellation)))
            .AddSingleton<IHealth>(provider => new PortHealth(
                "read models", required: false, cancellation => provider.GetRequiredService<IReadModelStore>().FindAsync("user", "-", cancellation).AsTask()))
            .AddSingleton<IHealth>(provider => new PortHealth(
                "audit", required: false, cancellation => provider.GetRequiredService<IAuditStore>().FindAsync(Guid.Empty, cancellation).AsTask()));
    }

    public async ValueTask<HealthReport> CheckAsync(CancellationToken cancellation)
    {
        try
        {
            await Task.Run(() => ask(cancellation), cancellation).WaitAsync(Limit, cancellation);
            return HealthReport.Healthy;
        }
        catch (Exception error) when (error is StoreUnavailableException or LogUnavailableException or TimeoutException)
        {
            return new HealthReport(
                required ? HealthStatus.Unhealthy : HealthStatus.Degraded, error is TimeoutException ? $"no answer in {Limit.TotalSeconds} s" : error.Message);
        }
    }
}
