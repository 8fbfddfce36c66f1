using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Workers.Engine.Cache;
using Workers.Engine.Identity;
using Workers.Engine.Limits;
using Workers.Engine.Options;
using Workers.Engine.Projections;
using Workers.Engine.Store;

namespace Workers.Redis;

public static class RedisModule
{
    /// <summary>
    /// Cache and rate limits in Redis, under keys of this installation. Connected in the background; the server may come later. Takes <c>CacheOptions</c>,
    /// <c>FingerprintKey</c>, <c>IDataMask</c>.
    /// </summary>
    /// <param name="services">Gets them.</param>
    /// <param name="connectionString">Of a form that <see cref="RedisAddress"/> knows.</param>
    /// <param name="store">Where processes agree on what counts in the cache; null for a process that alone reads and writes the store.</param>
    public static IServiceCollection AddRedis(this IServiceCollection services, string connectionString, Func<IServiceProvider, IStateStore>? store) => services
        .AddSingleton(new RedisTimes())
        .AddSingleton<IGenerations>(provider => store is null
            ? new OwnGenerations(provider.GetRequiredService<TimeProvider>())
            : new StoreGenerations(
                store(provider), provider.GetRequiredService<RedisTimes>(), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<RedisLink>>()))
        .AddSingleton(provider => new RedisLink(
            connectionString, ScopeOf(provider.GetRequiredService<FingerprintKey>()), provider.GetRequiredService<IGenerations>(),
            provider.GetRequiredService<RedisTimes>(), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<RedisLink>>()))
        .AddSingleton<IResourceCache>(provider => new RedisResourceCache(
            provider.GetRequiredService<RedisLink>(), provider.GetRequiredService<CacheOptions>(), provider.GetRequiredService<IDataMask>(),
            provider.GetRequiredService<TimeProvider>()))
        .AddSingleton<IRateLimiter>(provider => new RedisRateLimiter(
            provider.GetRequiredService<RedisLink>(), new LocalRateLimiter(provider.GetRequiredService<TimeProvider>())))
        .AddSingleton<IReplayMemory>(provider => new RedisReplayMemory(
            provider.GetRequiredService<RedisLink>(), new LocalReplayMemory(provider.GetRequiredService<TimeProvider>()), provider.GetRequiredService<TimeProvider>()));

    /// <summary>A question for health.</summary>
    /// <exception cref="StoreUnavailableException">Redis does not do what it is there for.</exception>
    public static Task PingAsync(IServiceProvider provider, CancellationToken cancellation) => provider.GetRequiredService<RedisLink>().PingAsync(cancellation);

    // The secret is the installation's own; its hash names it and tells nothing.
    private static string ScopeOf(FingerprintKey key) => $"workers:{Convert.ToHexStringLower(key.Of("redis"u8).AsSpan(0, 6))}:";
}
