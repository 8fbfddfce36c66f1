using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Workers.Engine.Projections;
using Workers.Engine.Store;
using Workers.MongoDb.Audit;

namespace Workers.MongoDb;

public static class MongoDbModule
{
    /// <summary>
    /// Read models and the audit trail in MongoDB, with their groups' positions. Opened when the first of them is asked for and closed with the
    /// container; the server may come later.
    /// </summary>
    public static IServiceCollection AddMongoDb(this IServiceCollection services, MongoDbOptions options) => services
        .AddSingleton(provider => new MongoDatabase(
            options, provider.GetService<TimeProvider>() ?? TimeProvider.System, provider.GetRequiredService<ILogger<MongoDatabase>>()))
        .AddSingleton<IReadModelStore>(provider => provider.GetRequiredService<MongoDatabase>().ReadModels)
        .AddSingleton(provider => provider.GetRequiredService<MongoDatabase>().Cqrs)
        .AddSingleton<IAuditStore>(provider => provider.GetRequiredService<MongoDatabase>().Audit)
        .AddSingleton<IPositionStore>(provider => new MongoPositionStore(provider.GetRequiredService<MongoDatabase>()));

    /// <summary>As <see cref="IAuditStore.VerifyAsync"/> does it, beside processes that serve or without one; writes nothing.</summary>
    /// <exception cref="StoreUnavailableException">The server does not answer, or not as is needed.</exception>
    public static AuditVerification VerifyAudit(MongoDbOptions options, AuditDays days, Action<long> progress, CancellationToken cancellation) =>
        MongoOnce.Run(options, client => AuditCheck.Run(client, days, progress, cancellation));
}
