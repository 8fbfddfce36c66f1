using System.Reflection;
using Microsoft.Extensions.Logging;
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
    public static readonly RedisTimes Patient = new()
    {
        Call = TimeSpan.FromSeconds(20),
        Lease = TimeSpan.FromSeconds(40),
        Grace = TimeSpan.FromSeconds(60),
        Quiet = TimeSpan.FromMilliseconds(50),
    };

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

    public string Scope { get; } = $"test:{Guid.NewGuid():N}:";

    /// <summary>Lines that were logged.</summary>
    public LogLines Lines { get; } = new();

    /// <summary>What the processes have in common.</summary>
    public EpochStore Store => (EpochStore)(object)_store;

    public static RedisPlace OnServer() => new(Server, Patient);

    /// <summary>As another process has it.</summary>
    public async Task<RedisLink> LinkAsync()
    {
        var link = Link(address);
        await UntilAsync(() => !link.Trust.IsAway && link.Generations.IsSettled(out _));
        return link;
    }

    public async Task<RedisResourceCache> CacheAsync() => Cache(await LinkAsync());

    /// <summary>Of a process that does not reach Redis.</summary>
    public RedisLink WithoutServer() => Link("127.0.0.1:1");

    /// <summary>The process ends.</summary>
    public async Task StopAsync(RedisLink link)
    {
        _links.Remove(link);
        await link.DisposeAsync();
    }

    public static RedisResourceCache Cache(RedisLink link) => new(link, new CacheOptions(), new CvvMask(), TimeProvider.System);

    private RedisLink Link(string server)
    {
        var generations = new StoreGenerations(_store, times, TimeProvider.System, Lines);
        _generations.Add(generations);
        var link = new RedisLink(server, Scope, generations, times, TimeProvider.System, Lines);
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

    /// <summary>How often it was taken.</summary>
    public long Epoch => Interlocked.Read(ref _epoch);

    /// <summary>What becomes of looks.</summary>
    public Exception? Failure { get; set; }

    protected override object? Invoke(MethodInfo? method, object?[]? args) => method!.Name switch
    {
        nameof(IStateStore.TakeAsync) => Row(Interlocked.Increment(ref _epoch)),
        nameof(IStateStore.PositionAsync) when Failure is { } failure => Task.FromException<PositionRow>(failure),
        nameof(IStateStore.PositionAsync) => Row(Epoch),
        _ => throw new NotSupportedException(method.Name),
    };

    private static Task<PositionRow> Row(long epoch) => Task.FromResult(new PositionRow(0, 0, epoch, true, 0, -1, 0));
}

internal sealed class LogLines : ILogger
{
    private readonly System.Collections.Concurrent.ConcurrentQueue<string> _lines = new();

    public IReadOnlyCollection<string> All => _lines;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _lines.Enqueue(formatter(state, exception));
}
