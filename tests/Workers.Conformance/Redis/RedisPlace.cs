using System.Reflection;
using Microsoft.Extensions.Logging.Abstractions;
using NUnit.Framework;
using Workers.Engine.Options;
using Workers.Engine.Projections;
using Workers.Engine.Store;
using Workers.Redis;

namespace Workers.Conformance.Redis;

/// <summary>Keys of a test's own on a Redis, and links of several processes to it.</summary>
internal sealed class RedisPlace(string address, RedisTimes times) : IAsyncDisposable
{
    public const string Variable = "WORKERS_TEST_REDIS";

    /// <summary>For tests in which nothing fails: a machine that is busy is not a server that is away.</summary>
    private static readonly RedisTimes s_patient = new()
    {
        Call = TimeSpan.FromSeconds(20),
        Lease = TimeSpan.FromSeconds(40),
        Grace = TimeSpan.FromSeconds(60),
        Quiet = TimeSpan.FromMilliseconds(50),
    };

    private readonly string _scope = $"test:{Guid.NewGuid():N}:";
    private readonly IStateStore _store = DispatchProxy.Create<IStateStore, EpochStore>();
    private readonly List<RedisLink> _links = [];
    private readonly List<StoreGenerations> _generations = [];

    public static string Server
    {
        get
        {
            var server = Environment.GetEnvironmentVariable(Variable);
            if (string.IsNullOrEmpty(server))
            {
                Assert.Ignore($"Needs a Redis server: set {Variable} to its address.");
            }

            return server!;
        }
    }

    public static RedisPlace OnServer() => new(Server, s_patient);

    /// <summary>As another process has it.</summary>
    public async Task<RedisLink> LinkAsync()
    {
        var link = Link(address);
        await UntilAsync(() => !link.Trust.IsAway && link.Generations.IsSettled(out _));
        return link;
    }

    public async Task<RedisResourceCache> CacheAsync() => Cache(await LinkAsync());

    /// <summary>Of a process that does not reach Redis.</summary>
    public RedisResourceCache CacheWithoutServer() => Cache(Link("127.0.0.1:1"));

    private static RedisResourceCache Cache(RedisLink link) => new(link, new CacheOptions(), new CvvMask(), TimeProvider.System);

    private RedisLink Link(string server)
    {
        var generations = new StoreGenerations(_store, times, TimeProvider.System);
        _generations.Add(generations);
        var link = new RedisLink(server, _scope, generations, times, TimeProvider.System, NullLogger.Instance);
        _links.Add(link);
        return link;
    }

    public static Task UntilAsync(Func<bool> wanted) => UntilAsync(() => Task.FromResult(wanted()));

    public static async Task UntilAsync(Func<Task<bool>> wanted)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!await wanted())
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

        foreach (var generations in _generations)
        {
            await generations.DisposeAsync();
        }
    }

    private sealed class CvvMask : IDataMask
    {
        public byte[] Apply(ReadOnlyMemory<byte> json, Type? type) => json.Span.IndexOf("cvv"u8) >= 0 ? [] : json.ToArray();
    }
}

/// <summary>A store of which one position is taken and looked at.</summary>
internal class EpochStore : DispatchProxy
{
    private long _epoch;

    protected override object? Invoke(MethodInfo? method, object?[]? args) => method!.Name switch
    {
        nameof(IStateStore.TakeAsync) => Row(Interlocked.Increment(ref _epoch)),
        nameof(IStateStore.PositionAsync) => Row(Interlocked.Read(ref _epoch)),
        _ => throw new NotSupportedException(method.Name),
    };

    private static Task<PositionRow> Row(long epoch) => Task.FromResult(new PositionRow(0, 0, epoch, true, 0, -1, 0));
}
