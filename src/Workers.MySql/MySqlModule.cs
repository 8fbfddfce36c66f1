using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using MySqlConnector;
using Workers.Engine.Store;

namespace Workers.MySql;

public static class MySqlModule
{
    /// <summary>The state store and the figures of commands in MySQL, opened when it is first asked for and closed with the container; and the installation's secret, which lies there.</summary>
    public static IServiceCollection AddMySql(this IServiceCollection services, MySqlOptions options) => services
        .AddSingleton(provider => MySqlDatabase.Open(
            options, provider.GetService<TimeProvider>() ?? TimeProvider.System, provider.GetRequiredService<ILogger<MySqlDatabase>>()))
        .AddSingleton<IStateStore>(provider => provider.GetRequiredService<MySqlDatabase>().State)
        .AddSingleton(provider => provider.GetRequiredService<MySqlDatabase>().Metrics)
        .AddSingleton<IPositionStore>(provider => provider.GetRequiredService<IStateStore>())
        .AddSingleton(provider => provider.GetRequiredService<MySqlDatabase>().Growth)
        .AddSingleton(provider => provider.GetRequiredService<MySqlDatabase>().Workers)
        .AddSingleton(provider => new Retention(provider.GetRequiredService<MySqlDatabase>().TrimAsync))
        .AddSingleton(new JobStorage(MySqlConnectorFactory.Instance, options.ConnectionString, IsShared: true))
        .AddSingleton(provider => provider.GetRequiredService<MySqlDatabase>().Secret);
}
