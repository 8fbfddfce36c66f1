using NUnit.Framework;
using Shouldly;
using Workers.EndToEnd.Running;
using Workers.Redis;

namespace Workers.Conformance.Redis;

/// <summary>A Redis that drops what it has, at any time: it is emptied, or evicts.</summary>
[TestFixture]
public sealed class ForgetfulRedisTests
{
    private RedisServer? _server;
    private RedisPlace? _place;
    private RedisResourceCache _writer = null!;
    private RedisResourceCache _reader = null!;

    [SetUp]
    public async Task Start()
    {
        _server = await RedisServer.StartAsync();
        _place = new RedisPlace(_server.Address, RedisPlace.Patient);
        (_writer, _reader) = (await _place.CacheAsync(), await _place.CacheAsync());
        await _reader.ShouldComeToKeepAsync(1);
    }

    [TearDown]
    public async Task Stop()
    {
        if (_place is not null)
        {
            await _place.DisposeAsync();
        }

        _server?.Dispose();
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task Who_looked_before_it_forgot_puts_nothing(bool isBeforeTheEnd)
    {
        var end = await _writer.WriteAsync(2);
        var look = await _reader.FindAsync(Steps.Ada, CancellationToken.None);
        look.IsUsable.ShouldBeTrue();
        if (isBeforeTheEnd)
        {
            await _server!.TellAsync("FLUSHALL");
            await _reader.PutAsync(Steps.Row(1), look);
            (await _reader.FoundAsync()).ShouldBeNull();
        }

        await end();
        await _server!.TellAsync("FLUSHALL");
        await _reader.PutAsync(Steps.Row(1), look);
        (await _reader.FoundAsync()).ShouldBeNull();
        await _reader.ShouldComeToKeepAsync(2);
    }

    [Test]
    public async Task What_was_put_as_it_was_while_it_had_forgotten_that_a_write_goes_on_is_gone_when_that_is_told()
    {
        var end = await _writer.WriteAsync(2);
        await _server!.TellAsync("FLUSHALL");
        var look = await _reader.FindAsync(Steps.Ada, CancellationToken.None);
        await _reader.PutAsync(Steps.Row(1), look);
        (await _reader.FoundAsync()).ShouldBe(1);

        await end();

        (await _reader.FoundAsync()).ShouldBeNull();
        await _reader.PutAsync(Steps.Row(1), look);
        (await _reader.FoundAsync()).ShouldBeNull();
        await _reader.ShouldComeToKeepAsync(2);
    }
}
