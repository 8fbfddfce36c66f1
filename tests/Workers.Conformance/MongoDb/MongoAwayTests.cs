using System.Net;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using NUnit.Framework;
using Shouldly;
using Workers.Conformance.Projections;
using Workers.Engine.Projections;
using Workers.Engine.Store;
using Workers.MongoDb;
using Workers.MongoDb.Native;

namespace Workers.Conformance.MongoDb;

/// <summary>The server gone and back, through a proxy that breaks where a test wants it to.</summary>
[TestFixture]
internal sealed class MongoAwayTests
{
    private const string Group = "audit";

    // Take: findAndModify. Append: find positions, heads, entries behind them, known ids; insert, move heads, move positions.
    private const int RequestsOfAnAppend = 8;
    private const string Password = "s3cret-of-ours";
    private static readonly CancellationToken None = CancellationToken.None;

    private MongoStores _stores = null!;
    private BreakingProxy _proxy = null!;
    private MongoDatabase _database = null!;

    [SetUp]
    public void Open()
    {
        _stores = new MongoStores();
        var server = new Uri(MongoStores.ConnectionString);
        _proxy = new BreakingProxy(new DnsEndPoint(server.Host, server.Port));
        _database = _stores.Open($"mongodb://127.0.0.1:{_proxy.Port}/?serverSelectionTimeoutMS=1500&heartbeatFrequencyMS=500");
    }

    [TearDown]
    public void Close()
    {
        _database?.Dispose();
        _proxy?.Dispose();
        _stores?.Dispose();
    }

    [Test]
    public async Task Calls_fail_while_the_server_is_away_and_succeed_once_it_is_back()
    {
        await _database.Audit.TakeAsync(Group, Sample.Commands0, None);
        _proxy.Break();

        var error = await Should.ThrowAsync<StoreUnavailableException>(_database.Audit.TakeAsync(Group, Sample.Commands0, None));
        error.Message.ShouldContain($"127.0.0.1:{_proxy.Port}");
        await Should.ThrowAsync<StoreUnavailableException>(_database.ReadModels.FindAsync("user", "ada", None).AsTask());
        _proxy.Mend();

        (await Eventually(() => _database.Audit.TakeAsync(Group, Sample.Commands0, None))).Epoch.ShouldBeGreaterThanOrEqualTo(2);
        (await _database.ReadModels.FindAsync("user", "ada", None)).ShouldBeNull();
    }

    [Test]
    public async Task A_broken_connection_is_not_noticed()
    {
        await _database.Audit.TakeAsync(Group, Sample.Commands0, None);
        await _database.Audit.FindAsync(Sample.Id(), None);

        _proxy.Blink();

        (await _database.Audit.TakeAsync(Group, Sample.Commands0, None)).Epoch.ShouldBe(2);
        (await _database.Audit.FindAsync(Sample.Id(), None)).ShouldBeNull();
    }

    /// <summary>At every request of an append: the server never gets it, or does it and the answer is lost.</summary>
    [Test]
    public async Task An_append_whose_connection_breaks_anywhere_is_finished([Range(1, RequestsOfAnAppend)] int request, [Values] bool answered)
    {
        var entries = MongoAuditTests.Entries(6);
        await AppendAsync(entries[..2]);
        _proxy.BreakAt(request, answered, again: true);

        await AppendAsync(entries[2..5]);
        await AppendAsync(entries[5..]);

        await ShouldHoldOnce(entries);
    }

    /// <summary>From its first write on; what is repeated is cut into other batches.</summary>
    [Test]
    public async Task An_append_broken_off_is_repeated_once_the_server_is_back(
        [Range(RequestsOfAnAppend - 2, RequestsOfAnAppend)] int request, [Values] bool answered)
    {
        var entries = MongoAuditTests.Entries(6);
        await AppendAsync(entries[..2]);
        _proxy.BreakAt(request, answered, again: false);

        await Should.ThrowAsync<StoreUnavailableException>(AppendAsync(entries[2..5]));
        _proxy.Mend();
        await Eventually(() => AppendAsync(entries[2..4]));
        await AppendAsync(entries[2..]);

        await ShouldHoldOnce(entries);
    }

    [Test]
    public async Task A_server_that_comes_late_gets_its_indexes_then()
    {
        _proxy.Break();
        using var late = _stores.Open($"mongodb://127.0.0.1:{_proxy.Port}/?serverSelectionTimeoutMS=1500&heartbeatFrequencyMS=500");
        await Should.ThrowAsync<StoreUnavailableException>(late.Audit.AppendAsync([], MongoAuditTests.Entries(1), None));
        _proxy.Mend();

        await Eventually(() => late.Audit.AppendAsync([], MongoAuditTests.Entries(1), None));

        var indexes = _stores.Run(client => client.Command(new() { ["listIndexes"] = "audit" }).GetProperty("cursor").GetProperty("firstBatch").ToString());
        indexes.ShouldContain("chain_n");
    }

    [Test]
    public async Task The_password_is_in_no_message()
    {
        var log = new Lines();
        _proxy.Break();
        var options = new MongoDbOptions { ConnectionString = $"mongodb://ada:{Password}@127.0.0.1:{_proxy.Port}/?serverSelectionTimeoutMS=100" };
        Exception error;
        using (var database = new MongoDatabase(options, TimeProvider.System, log))
        {
            error = await Should.ThrowAsync<StoreUnavailableException>(database.Audit.FindAsync(Sample.Id(), None).AsTask());
        }

        log.ShouldContain(line => line.Contains($"127.0.0.1:{_proxy.Port}", StringComparison.Ordinal));
        foreach (var text in (string[])[error.ToString(), options.ToString()!, .. log])
        {
            text.ShouldNotContain(Password);
        }
    }

    [TestCase("mongo://ada:{0}@localhost")]
    [TestCase("mongodb://ada:{0}@@localhost")]
    [TestCase("mongodb://ada:{0}@localhost:none")]
    public void A_connection_string_that_is_none_is_refused_without_quoting_it(string text)
    {
        var options = new MongoDbOptions { ConnectionString = string.Format(null, text, Password) };

        Should.Throw<StoreOpenException>(() => new MongoDatabase(options, TimeProvider.System, NullLogger.Instance)).ToString().ShouldNotContain(Password);
    }

    [Test]
    public void A_missing_library_is_told_with_its_package() =>
        Should.Throw<StoreOpenException>(() => Libraries.Require("libmongoc-of-nobody.so.0")).Message
            .ShouldBe("MongoDB needs the shared library libmongoc-of-nobody.so.0, which is not here: install the Debian package libmongoc-1.0-0.");

    /// <summary>What keeps a group going: the same again until the store is there.</summary>
    private static async Task<T> Eventually<T>(Func<Task<T>> call)
    {
        while (true)
        {
            try
            {
                return await call();
            }
            catch (StoreUnavailableException)
            {
                await Task.Yield();
            }
        }
    }

    private async Task ShouldHoldOnce(AuditEntry[] entries)
    {
        _proxy.Breaks.ShouldBe(1);
        (await _database.Audit.VerifyAsync(None)).ShouldBeEmpty();
        var found = await _database.Audit.ListAsync(new AuditQuery(null, null, null, null, null, null, null, null, 10, null), None);
        found.Items.Select(e => e.Id).ShouldBe(entries.Select(e => e.Id), ignoreOrder: true);
    }

    private async Task<FlushResult> AppendAsync(AuditEntry[] entries)
    {
        var row = await _database.Audit.TakeAsync(Group, Sample.Commands0, None);
        var move = new PositionMove(Group, Sample.Commands0, entries[^1].Offset + 1, row.Turn, row.Epoch);
        var result = await _database.Audit.AppendAsync([move], entries, None);
        result.ShouldBe(FlushResult.Committed);
        return result;
    }

    private sealed class Lines : List<string>, ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            lock (this)
            {
                Add(formatter(state, exception) + exception);
            }
        }
    }
}
