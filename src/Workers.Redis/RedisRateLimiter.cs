using Workers.Engine.Limits;

namespace Workers.Redis;

/// <summary>Buckets that processes share. While Redis is away, or refuses to keep them, each counts in its own.</summary>
internal sealed class RedisRateLimiter(RedisLink link, LocalRateLimiter local) : IRateLimiter
{
    public async ValueTask<RateAllowance> TakeAsync(string who, RateLimit limit, CancellationToken cancellation)
    {
        var (isAnswered, answer) = await link.TryAsync(
            Scripts.TakeToken, $"{link.Scope}limit:{who}", [1_000_000.0 / limit.PerSecond, limit.Burst], cancellation);
        if (!isAnswered)
        {
            return await local.TakeAsync(who, limit, cancellation);
        }

        var taken = (long[])answer!;
        return new RateAllowance(taken[0] == 1, (int)taken[1], TimeSpan.FromMicroseconds(taken[2]), TimeSpan.FromMicroseconds(taken[3]));
    }
}
