using Microsoft.Extensions.Logging.Abstractions;
using NUnit.Framework;
using Workers.Engine.Options;
using Workers.Engine.Projections;
using Workers.Redis;

namespace Workers.Conformance.Redis;

/// <summary>Keys of a test's own on a Redis, and links of several processes to it.</summary>
internal sealed class RedisPlace(string address, RedisTimes times) : IAsyncDisposable
{
    public const string Variable = "WORKERS_TEST_REDIS";

    /// <summary>For tests in which nothing fails: a machine that is busy is not a server that is away.</summary>
    private static readonly RedisTimes s_patient = new()
    {
        Call = TimeSpan.FromSeconds(20), Lease = TimeSpan.FromSeconds(40), Grace = TimeSpan.FromSeconds(60),
    };

    private readonly string _scope = $"test:{Guid.NewGuid():N}:";
    private readonly List<RedisLink> _links = [];

    public static RedisPlace OnServer()
    {
        var server = Environment.GetEnvironmentVariable(Variable);
        if (string.IsNullOrEmpty(server))
        {
            Assert.Ignore($"Needs a Redis server: set {Variable} to its address.");
        }

        return new RedisPlace(server!, s_patient);
    }

    /// <summary>As another process has it.</summary>
    public async Task<RedisLink> LinkAsync()
    {
        var link = new RedisLink(address, _scope, times, TimeProvider.System, NullLogger.Instance);
        _links.Add(link);
        await UntilAsync(() => !link.Trust.IsAway);
        return link;
    }

    public async Task<RedisResourceCache> CacheAsync() => new(await LinkAsync(), new CacheOptions(), new CvvMask(), TimeProvider.System);

    public static async Task UntilAsync(Func<bool> wanted)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!wanted())
        {
            await Task.Delay(10, deadline.Token);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var link in _links)
        {
            await link.DisposeAsync();
        }
    }

    private sealed class CvvMask : IDataMask
    {
        public byte[] Apply(ReadOnlyMemory<byte> json, Type? type) => json.Span.IndexOf("cvv"u8) >= 0 ? [] : json.ToArray();
    }
}
