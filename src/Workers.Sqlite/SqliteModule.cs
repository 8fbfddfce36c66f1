using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Workers.Engine.Identity;
using Workers.Engine.Store;

namespace Workers.Sqlite;

/// <summary>The embedded files as ports. Each is opened when the first of its ports is asked for, and closed with the container.</summary>
public static class SqliteModule
{
    /// <summary>All ports.</summary>
    public static IServiceCollection AddSqlite(this IServiceCollection services, SqliteOptions options) =>
        services.AddSqliteFiles(options).AddSqliteLog().AddSqliteState().AddSqliteMetrics().AddSqliteReads();

    /// <summary>The files themselves; the others say what they are used for.</summary>
    public static IServiceCollection AddSqliteFiles(this IServiceCollection services, SqliteOptions options) => services
        .AddSingleton(provider => SqliteDatabase.Open(
            options, provider.GetService<TimeProvider>() ?? TimeProvider.System, provider.GetRequiredService<ILogger<SqliteDatabase>>(),
            options.KeepsOutbox ? null : provider.GetServices<IPositionStore>))
        .AddSingleton(provider => Jobs(provider.GetRequiredService<SqliteDatabase>(), options));

    public static IServiceCollection AddSqliteLog(this IServiceCollection services) => services
        .AddSingleton(provider => provider.GetRequiredService<SqliteDatabase>().Log)
        .AddSingleton(provider => provider.GetRequiredService<SqliteDatabase>().Retention);

    public static IServiceCollection AddSqliteState(this IServiceCollection services) => services
        .AddSingleton(provider => provider.GetRequiredService<SqliteDatabase>().State)
        .AddSingleton<IPositionStore>(provider => provider.GetRequiredService<IStateStore>())
        .AddSingleton(provider => provider.GetRequiredService<SqliteDatabase>().Growth)
        .AddSingleton(provider => provider.GetRequiredService<SqliteDatabase>().Workers)
        .AddSingleton(provider => new Retention(provider.GetRequiredService<SqliteDatabase>().TrimLogAsync))
        .AddSingleton(provider => new FingerprintKey(provider.GetRequiredService<SqliteDatabase>().Secret));

    public static IServiceCollection AddSqliteReads(this IServiceCollection services) => services
        .AddSingleton(provider => provider.GetRequiredService<SqliteDatabase>().ReadModels)
        .AddSingleton(provider => provider.GetRequiredService<SqliteDatabase>().Cqrs)
        .AddSingleton(provider => provider.GetRequiredService<SqliteDatabase>().Audit)
        .AddReadPositions();

    /// <summary>Figures of commands; beside the state, in the other file.</summary>
    public static IServiceCollection AddSqliteMetrics(this IServiceCollection services) => services
        .AddSingleton(provider => provider.GetRequiredService<SqliteDatabase>().Metrics)
        .AddReadPositions();

    // A file of its own: who writes the others is one thread. After the others, with which the library is prepared.
    private static JobStorage Jobs(SqliteDatabase _, SqliteOptions options) => new(
        SqliteFactory.Instance, new SqliteConnectionStringBuilder { DataSource = SqliteFile.JobsOf(options.Path) }.ConnectionString, IsShared: false);

    // Once, whichever of the file's ports are used.
    private static IServiceCollection AddReadPositions(this IServiceCollection services)
    {
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IPositionStore, ReadPositions>(
            provider => (ReadPositions)provider.GetRequiredService<SqliteDatabase>().ReadPositions));
        return services;
    }
}
