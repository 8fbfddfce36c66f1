using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Workers.Engine.Identity;
using Workers.Engine.Store;

namespace Workers.Sqlite;

/// <summary>The embedded files as ports. Each is opened when the first of its ports is asked for, and closed with the container.</summary>
public static class SqliteModule
{
    /// <summary>All ports.</summary>
    public static IServiceCollection AddSqlite(this IServiceCollection services, SqliteOptions options) =>
        services.AddSqliteFiles(options).AddSqliteLog().AddSqliteState().AddSqliteReads();

    /// <summary>The files themselves; the others say what they are used for.</summary>
    public static IServiceCollection AddSqliteFiles(this IServiceCollection services, SqliteOptions options) => services
        .AddSingleton(provider => SqliteDatabase.Open(
            options, provider.GetService<TimeProvider>() ?? TimeProvider.System, provider.GetRequiredService<ILogger<SqliteDatabase>>()));

    public static IServiceCollection AddSqliteLog(this IServiceCollection services) => services
        .AddSingleton(provider => provider.GetRequiredService<SqliteDatabase>().Log);

    public static IServiceCollection AddSqliteState(this IServiceCollection services) => services
        .AddSingleton(provider => provider.GetRequiredService<SqliteDatabase>().State)
        .AddSingleton<IPositionStore>(provider => provider.GetRequiredService<IStateStore>())
        .AddSingleton(provider => new FingerprintKey(provider.GetRequiredService<SqliteDatabase>().Secret));

    public static IServiceCollection AddSqliteReads(this IServiceCollection services) => services
        .AddSingleton(provider => provider.GetRequiredService<SqliteDatabase>().ReadModels)
        .AddSingleton(provider => provider.GetRequiredService<SqliteDatabase>().Audit)
        .AddSingleton(provider => provider.GetRequiredService<SqliteDatabase>().ReadPositions);
}
