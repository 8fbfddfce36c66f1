using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Workers.Engine.Identity;
using Workers.Engine.Log;
using Workers.Engine.Projections;
using Workers.Engine.Store;

namespace Workers.Sqlite;

public static class SqliteModule
{
    /// <summary>All ports on one embedded file, opened when the first of them is asked for and closed with the container.</summary>
    public static IServiceCollection AddSqlite(this IServiceCollection services, SqliteOptions options) => services
        .AddSingleton(provider => SqliteDatabase.Open(
            options, provider.GetService<TimeProvider>() ?? TimeProvider.System, provider.GetRequiredService<ILogger<SqliteDatabase>>()))
        .AddSingleton<ILog>(provider => provider.GetRequiredService<SqliteDatabase>().Log)
        .AddSingleton<IStateStore>(provider => provider.GetRequiredService<SqliteDatabase>().State)
        .AddSingleton<IReadModelStore>(provider => provider.GetRequiredService<SqliteDatabase>().ReadModels)
        .AddSingleton<IAuditStore>(provider => provider.GetRequiredService<SqliteDatabase>().Audit)
        .AddSingleton(provider => new FingerprintKey(provider.GetRequiredService<SqliteDatabase>().Secret));
}
