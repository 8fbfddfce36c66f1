using System.Security.Cryptography;
using System.Text;
using Workers.Engine.Limits;

namespace Workers.Redis;

/// <summary>What all processes have served. While Redis is away, or refuses to keep it, each knows what it has served itself.</summary>
internal sealed class RedisReplayMemory(RedisLink link, LocalReplayMemory local, TimeProvider clock) : IReplayMemory
{
    // Other processes' clocks may be behind.
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(1);

    public async ValueTask<bool> IsFirstAsync(string keyId, string signature, DateTimeOffset until, CancellationToken cancellation)
    {
        if (!await local.IsFirstAsync(keyId, signature, until, cancellation))
        {
            return false;
        }

        var name = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(signature)).AsSpan(0, 16));
        var keep = (long)(until - clock.GetUtcNow() + Margin).TotalMilliseconds;
        var (isAnswered, answer) = await link.TryAsync(Scripts.Once, $"{link.Scope}signed:{keyId}:{name}", [keep], cancellation);
        return !isAnswered || (long)answer == 1;
    }
}
