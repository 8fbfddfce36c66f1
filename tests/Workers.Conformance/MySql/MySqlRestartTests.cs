using System.Diagnostics;
using NUnit.Framework;
using Shouldly;
using Workers.Contracts;
using Workers.Engine.Store;

namespace Workers.Conformance.MySql;

/// <summary>
/// The server killed in the middle of work and started again. Only where <c>WORKERS_TEST_MYSQL_CONTROL</c> is the command that does it, with <c>{0}</c>
/// for <c>kill</c> and <c>start</c>.
/// </summary>
[TestFixture, NeedsMySql, NonParallelizable]
internal sealed class MySqlRestartTests
{
    private const string Variable = "WORKERS_TEST_MYSQL_CONTROL";
    private const int Kills = 5;
    private const int Between = 200;
    private static readonly StateKey Ada = new("user", "ada");
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    [Test]
    public async Task What_was_told_as_written_is_there_once_after_the_server_was_killed()
    {
        if (Environment.GetEnvironmentVariable(Variable) is not { Length: > 0 } command)
        {
            Assert.Ignore($"{Variable} is not set: a command that kills and starts the server, with {{0}} for the verb.");
            return;
        }

        using var stores = new MySqlStores();
        var (store, told) = (stores.State, 0L);
        var row = await store.TakeAsync("commands", Sample.Commands0, CancellationToken.None);
        var killing = Task.Run(async () =>
        {
            for (var kill = 1; kill <= Kills; kill++)
            {
                while (Interlocked.Read(ref told) < kill * Between)
                {
                    await Task.Delay(Pause);
                }

                await Control(command, "kill");
                await Control(command, "start");
            }
        });
        while (!killing.IsCompleted || told < (Kills + 1) * Between)
        {
            try
            {
                await Write(store, row);
                row = row with { Turn = row.Turn + 1 };
                Interlocked.Exchange(ref told, row.Turn);
            }
            catch (StoreUnavailableException)
            {
                row = await Stored(store);
                row.Turn.ShouldBeGreaterThanOrEqualTo(told);
            }
        }

        await killing;
        using var reader = store.OpenReader();
        var versions = new List<long>();
        while (reader.Events(Ada, versions.Count + 1, 1_000) is { Count: > 0 } page)
        {
            versions.AddRange(page.Select(e => e.Version));
        }

        versions.ShouldBe(Enumerable.Range(1, (int)row.Turn).Select(n => (long)n));
        reader.EventsAfter(0, 100_000).Count.ShouldBe((int)row.Turn);
        (await store.Outbox!.ReadAsync("commands", Sample.Commands0, 0, 100_000, CancellationToken.None)).Select(b => b.LastSeq).ShouldBe(versions);
    }

    private static async Task Write(IStateStore store, PositionRow row)
    {
        var tail = new StreamTail(Tail(store));
        var flush = Sample.Flush(row.Turn, row.Epoch, row.Turn + 1);
        flush.Events.Add(Sample.Event(Ada, tail, row.Turn + 1));
        flush.States.Add(Sample.State(Ada, row.Turn, "{}", tail));
        flush.Outgoing.Add(Sample.Record("ada", topic: Topics.Events));
        flush.Position = flush.Position with { OutSeq = row.Turn + 1 };
        (await store.FlushAsync(flush)).ShouldBe(FlushResult.Committed);
    }

    private static async Task<PositionRow> Stored(IStateStore store)
    {
        while (true)
        {
            try
            {
                return (await store.PositionAsync("commands", Sample.Commands0, CancellationToken.None))!;
            }
            catch (StoreUnavailableException)
            {
                // The server is not there to wait on.
                await Task.Delay(Pause);
            }
        }
    }

    private static long Tail(IStateStore store)
    {
        using var reader = store.OpenReader();
        var found = new Dictionary<StateKey, StateRow>();
        reader.FindStates([Ada], found);
        return found.Count == 0 ? 0 : found[Ada].LastEvent;
    }

    private static async Task Control(string command, string verb)
    {
        using var process = Process.Start("/bin/sh", ["-c", string.Format(System.Globalization.CultureInfo.InvariantCulture, command, verb)]);
        await process.WaitForExitAsync();
        process.ExitCode.ShouldBe(0);
    }
}
