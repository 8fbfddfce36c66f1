using System.Reflection;
using NUnit.Framework;
using Shouldly;
using Workers.Contracts;
using Workers.Engine.Cache;
using Workers.Engine.Log;
using Workers.Engine.Options;
using Workers.Engine.Store;
using Workers.Engine.Waiting;

namespace Workers.Tests.Cache;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
[Parallelizable(ParallelScope.All)]
internal sealed class CachedRepositoryTests : IDisposable
{
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly StateWrite[] s_write = [new(new StateKey("user", "ada"), 1, 2, [], null, 0, null)];

    private readonly MemoryResourceCache _cache = new(new CacheOptions(), TimeProvider.System);
    private readonly ScriptedReader _reader;
    private readonly ScriptedStore _store;
    private readonly StateReaders _readers;
    private readonly CachedRepository _users;

    public CachedRepositoryTests()
    {
        var reader = DispatchProxy.Create<IStateReader, ScriptedReader>();
        var store = DispatchProxy.Create<IStateStore, ScriptedStore>();
        (_reader, _store) = ((ScriptedReader)(object)reader, (ScriptedStore)(object)store);
        _store.Reader = reader;
        _readers = new StateReaders(store);
        _users = new CachedRepository("user", _cache, _readers, TimeSpan.FromMinutes(10));
    }

    public void Dispose() => _readers.Dispose();

    [Test]
    public async Task The_store_is_read_once()
    {
        (await _users.GetById("ada", None))!.Version.ShouldBe(1);
        (await _users.GetById("ada", None))!.Version.ShouldBe(1);

        (_reader.Reads, _users.Hits, _users.Misses).ShouldBe((1, 1, 1));
        (await _users.GetFromCache("ada", None))!.Version.ShouldBe(1);
    }

    [Test]
    public async Task Who_asks_while_it_is_read_waits_for_the_same_read()
    {
        var (reading, go) = Block();
        var first = Task.Run(() => _users.GetById("ada", None).AsTask());
        await reading;

        var second = _users.GetById("ada", None).AsTask();
        second.IsCompleted.ShouldBeFalse();
        go.SetResult();

        ((await first)!.Version, (await second)!.Version, _reader.Reads).ShouldBe((1, 1, 1));
    }

    [Test]
    public async Task Who_asks_after_a_write_does_not_wait_for_a_read_from_before_it()
    {
        var (reading, go) = Block();
        var before = Task.Run(() => _users.GetById("ada", None).AsTask());
        await reading;
        await _cache.BeforeWrite(s_write)!(Task.FromResult(FlushResult.Committed));
        (_reader.Version, _reader.Reading) = (2, static () => { });

        (await _users.GetById("ada", None))!.Version.ShouldBe(2);
        go.SetResult();
        (await before)!.Version.ShouldBe(1);

        (await _users.GetById("ada", None))!.Version.ShouldBe(2);
        _reader.Reads.ShouldBe(2);
    }

    [Test]
    public async Task While_a_flush_is_under_way_every_read_asks_the_store()
    {
        await _users.GetById("ada", None);
        var flush = new Flush { Position = new PositionMove("commands", new PartitionId(Topics.Commands, 0), 1, 0, 1) };
        flush.States.AddRange(s_write);

        var written = new InvalidatingStateStore((IStateStore)(object)_store, _cache).FlushAsync(flush);
        await _users.GetById("ada", None);
        (await _users.GetById("ada", None))!.Version.ShouldBe(1);
        _reader.Reads.ShouldBe(3);
        _reader.Version = 2;
        _store.Flush.SetResult(FlushResult.Committed);
        await written;

        (await _users.GetById("ada", None))!.Version.ShouldBe(2);
        await _users.GetById("ada", None);
        _reader.Reads.ShouldBe(4);
    }

    [Test]
    public async Task A_flush_is_not_told_of_before_the_cache_has_ended_it()
    {
        var cache = DispatchProxy.Create<IResourceCache, SlowCache>();
        var flush = new Flush { Position = new PositionMove("commands", new PartitionId(Topics.Commands, 0), 1, 0, 1) };

        var written = new InvalidatingStateStore((IStateStore)(object)_store, cache).FlushAsync(flush);
        _store.Flush.SetResult(FlushResult.Committed);
        written.IsCompleted.ShouldBeFalse();
        ((SlowCache)(object)cache).End.SetResult();

        (await written).ShouldBe(FlushResult.Committed);
    }

    [Test]
    public async Task What_is_not_there_is_not_kept()
    {
        _reader.Version = 0;
        (await _users.GetById("ada", None)).ShouldBeNull();
        _reader.Version = 1;
        (await _users.GetById("ada", None)).ShouldNotBeNull();
    }

    [Test]
    public async Task A_store_that_cannot_be_read_fails_the_readers_and_nothing_else()
    {
        _reader.Reading = static () => throw new StoreUnavailableException("disk I/O error");
        await Should.ThrowAsync<StoreUnavailableException>(async () => await _users.GetById("ada", None));
        _reader.Reading = static () => { };
        (await _users.GetById("ada", None)).ShouldNotBeNull();
    }

    [Test]
    public async Task Only_what_the_store_has_can_be_put()
    {
        await _users.SetCache("ada", new StateRow(9, new byte[8], 0), TimeSpan.FromMinutes(1), None);
        (await _users.GetFromCache("ada", None)).ShouldBeNull();
        await _users.SetCache("ada", new StateRow(1, new byte[8], 0), TimeSpan.FromMinutes(1), None);
        (await _users.GetFromCache("ada", None)).ShouldNotBeNull();

        await _users.InvalidateCache("ada", None);
        (await _users.GetFromCache("ada", None)).ShouldBeNull();
        await _users.GetById("ada", None);
        await _users.ClearCache(None);
        (await _users.GetFromCache("ada", None)).ShouldBeNull();
    }

    [Test]
    public async Task Without_a_cache_every_read_asks_the_store()
    {
        var bare = new CachedRepository("user", null, _readers, TimeSpan.FromMinutes(10));
        await bare.GetById("ada", None);
        await bare.SetCache("ada", new StateRow(1, new byte[8], 0), TimeSpan.FromMinutes(1), None);
        await bare.ClearCache(None);
        await bare.GetById("ada", None);
        (_reader.Reads, bare.Misses).ShouldBe((2, 2));
    }

    private (Task Reading, TaskCompletionSource Go) Block()
    {
        var (reading, go) = (new TaskCompletionSource(), new TaskCompletionSource());
        _reader.Reading = () =>
        {
            reading.TrySetResult();
            go.Task.GetAwaiter().GetResult();
        };
        return (reading.Task, go);
    }
}
