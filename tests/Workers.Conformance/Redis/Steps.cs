using System.Text;
using Shouldly;
using Workers.Engine.Store;
using Workers.Redis;

namespace Workers.Conformance.Redis;

/// <summary>What readers and writers of one state do.</summary>
internal static class Steps
{
    public static readonly StateKey Ada = new("user", "ada");

    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    public static StateRow Row(long version, string json = "{}") => new(version, Encoding.UTF8.GetBytes(json), 0);

    /// <summary>As a pump does before it commits; gives what is done when it has.</summary>
    public static async Task<Func<Task>> WriteAsync(this RedisResourceCache cache, long version)
    {
        var end = await Task.Run(() => cache.BeforeWrite([new StateWrite(Ada, version - 1, version, [], null, 0, null)])!);
        return () => end(Task.FromResult(FlushResult.Committed));
    }

    public static async Task PutAsync(this RedisResourceCache cache, long version, string json = "{}") =>
        await cache.PutAsync(Row(version, json), await cache.FindAsync(Ada, CancellationToken.None));

    public static ValueTask PutAsync(this RedisResourceCache cache, StateRow row, Engine.Cache.CacheLook look) =>
        cache.PutAsync(Ada, row, look.Ticket, TimeSpan.FromMinutes(1), CancellationToken.None);

    public static async Task<long?> FoundAsync(this RedisResourceCache cache) => (await cache.FindAsync(Ada, CancellationToken.None)).Row?.Version;

    /// <summary>Until the cache is used.</summary>
    public static async Task ShouldNotFindAsync(this RedisResourceCache cache, long version)
    {
        using var deadline = new CancellationTokenSource(s_patience);
        for (var isUsable = false; !isUsable; await Task.Delay(s_look, deadline.Token))
        {
            var look = await cache.FindAsync(Ada, CancellationToken.None);
            look.Row?.Version.ShouldNotBe(version);
            isUsable = look.IsUsable;
        }
    }

    /// <summary>Puts it until it is there; nothing else may be.</summary>
    public static async Task ShouldComeToKeepAsync(this RedisResourceCache cache, long version)
    {
        using var deadline = new CancellationTokenSource(s_patience);
        long? found;
        while ((found = await cache.FoundAsync()) is null)
        {
            await cache.PutAsync(version);
            await Task.Delay(s_look, deadline.Token);
        }

        found.ShouldBe(version);
    }
}
