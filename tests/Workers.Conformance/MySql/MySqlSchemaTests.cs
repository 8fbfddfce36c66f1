using Microsoft.Extensions.Logging.Abstractions;
using MySqlConnector;
using NUnit.Framework;
using Shouldly;
using Workers.Conformance.Store;
using Workers.Engine.Store;
using Workers.MySql;
using Workers.MySql.Migrations;

namespace Workers.Conformance.MySql;

/// <summary>Opening the database: its schema, and what is wrong with a connection.</summary>
[TestFixture, NeedsMySql]
internal sealed class MySqlSchemaTests
{
    private MySqlStores _stores = null!;

    [SetUp]
    public void Open() => _stores = new MySqlStores();

    [TearDown]
    public void Close() => _stores?.Dispose();

    [Test]
    public async Task Processes_that_start_together_make_the_schema_once()
    {
        _stores.Execute($"DROP DATABASE `{_stores.Name}`; CREATE DATABASE `{_stores.Name}`; USE `{_stores.Name}`");

        var opened = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(_stores.Open)));

        opened.Select(o => Convert.ToHexString(o.Secret.Bytes)).Distinct().Count().ShouldBe(1);
        opened.ToList().ForEach(o => o.Dispose());
        _stores.Execute("SELECT COUNT(*) FROM migrations").ShouldBe((long)Migration.All.Count);
    }

    [Test]
    public void A_script_that_was_changed_after_it_was_applied_is_refused()
    {
        var changed = Migration.All.Select(m => m with { Sql = m.Sql + "-- more" }).ToList();

        Should.Throw<StoreOpenException>(() => Open(_stores.Options, changed)).Message.ShouldContain("001_state.sql was changed");
    }

    [Test]
    public void A_schema_of_a_newer_program_is_refused()
    {
        Open(_stores.Options, [.. Migration.All, new Migration(999, "999_later.sql", "CREATE TABLE later(n INT)")]).Dispose();

        Should.Throw<StoreOpenException>(() => Open(_stores.Options, Migration.All)).Message.ShouldContain("999_later.sql");
    }

    [TestCase("UPDATE events SET version = 2")]
    [TestCase("DELETE FROM events")]
    public async Task An_event_is_neither_changed_nor_deleted(string sql)
    {
        var writer = await _stores.State.WriterAsync();
        await writer(f => f.Events.Add(Sample.Event(new StateKey("user", "ada"), new StreamTail(0), 1)));

        Should.Throw<MySqlException>(() => _stores.Execute(sql)).Message.ShouldStartWith("events are never");
    }

    [Test]
    public void The_lock_of_migrations_is_free_afterwards()
    {
        Should.Throw<StoreOpenException>(() => Open(_stores.Options, [new Migration(1, "001_state.sql", "nonsense")]));

        Open(_stores.Options, Migration.All).Dispose();
    }

    [Test]
    public void A_connection_that_is_refused_is_told_without_the_password()
    {
        var wrong = new MySqlConnectionStringBuilder(_stores.ConnectionString) { Password = "s3cret-words" }.ConnectionString;

        var error = Should.Throw<StoreOpenException>(() => Open(_stores.Options with { ConnectionString = wrong }, Migration.All));

        error.Message.ShouldContain("refuses the account");
        error.ToString().ShouldNotContain("s3cret-words");
        (_stores.Options with { ConnectionString = wrong }).ToString().ShouldNotContain("s3cret-words");
    }

    [TestCase("Server=127.0.0.1;Database=x;Password=s3cret;words=1")]
    [TestCase("Server=127.0.0.1;Password=s3cret-words")]
    [TestCase("s3cret-words")]
    public void A_connection_string_that_cannot_be_read_is_told_without_it(string text)
    {
        var error = Should.Throw<StoreOpenException>(() => Open(_stores.Options with { ConnectionString = text }, Migration.All));

        error.Message.ShouldContain("connection string");
        error.ToString().ShouldNotContain("words");
    }

    [Test]
    public void A_server_that_is_not_there_is_told_with_its_address()
    {
        var away = new MySqlConnectionStringBuilder(_stores.ConnectionString) { Port = 1 }.ConnectionString;

        Should.Throw<StoreOpenException>(() => Open(_stores.Options with { ConnectionString = away }, Migration.All)).Message.ShouldContain("127.0.0.1:1/");
    }

    private static MySqlDatabase Open(MySqlOptions options, IReadOnlyList<Migration> migrations) =>
        MySqlDatabase.Open(options, migrations, TimeProvider.System, NullLogger.Instance);
}
