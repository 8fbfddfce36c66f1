using Workers.Engine.Health;
using Workers.Engine.Log;
using Workers.Engine.Projections;
using Workers.Engine.Store;
using Workers.Host.Configuration;
using Workers.Redis;

namespace Workers.Host.Roles;

/// <summary>Whether what a port stands on answers a small question in time.</summary>
/// <param name="on">What it stands on, as people call it.</param>
internal sealed class PortHealth(string name, string on, bool required, Func<CancellationToken, Task> ask) : IHealth
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    public string Name => name;

    public bool IsRequired => required;

    /// <param name="ofCache">True where the cache is a server's.</param>
    public static IServiceCollection Add(IServiceCollection services, WorkersOptions options, bool ofCache)
    {
        if (ofCache)
        {
            services.AddSingleton<IHealth>(provider => new PortHealth("cache", "Redis", required: false, cancellation => RedisModule.PingAsync(provider, cancellation)));
        }

        var (log, store, reads) = (
            options.HasKafka() ? "Kafka" : "SQLite", options.HasMySql() ? "MySQL" : "SQLite", options.HasMongoDb() ? "MongoDB" : "SQLite");
        return services
            .AddSingleton<IHealth>(provider => new PortHealth(
                "log", log, required: true, cancellation => provider.GetRequiredService<ILog>().EndsAsync(Contracts.Topics.Commands, cancellation).AsTask()))
            .AddSingleton<IHealth>(provider => new PortHealth(
                "store", store, required: true, cancellation => provider.GetRequiredService<IStateStore>().PositionAsync("commands", new PartitionId(Contracts.Topics.Commands, 0), cancellation)))
            .AddSingleton<IHealth>(provider => new PortHealth(
                "read models", reads, required: false, cancellation => provider.GetRequiredService<IReadModelStore>().FindAsync("user", "-", cancellation).AsTask()))
            .AddSingleton<IHealth>(provider => new PortHealth(
                "audit", reads, required: false, cancellation => provider.GetRequiredService<IAuditStore>().FindAsync(Guid.Empty, cancellation).AsTask()));
    }

    public async ValueTask<HealthReport> CheckAsync(CancellationToken cancellation)
    {
        // A question that nobody waits for any more is not to wait in a queue either.
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limited.CancelAfter(Limit);
        var token = limited.Token;
        try
        {
            await Task.Run(() => ask(token), token).WaitAsync(token);
            return HealthReport.Healthy;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return Away($"no answer in {Limit.TotalSeconds} s");
        }
        catch (Exception error) when (error is StoreUnavailableException or LogUnavailableException)
        {
            return Away(error.Message);
        }
    }

    private HealthReport Away(string reason) => new(
        required ? HealthStatus.Unhealthy : HealthStatus.Degraded, reason.Contains(on, StringComparison.Ordinal) ? reason : $"{on}: {reason}");
}
