using System.Diagnostics;
using NUnit.Framework;
using Shouldly;
using Workers.Contracts;
using Workers.Engine.Store;

namespace Workers.Conformance.MySql;

/// <summary>
/// The server killed in the middle of work and started again. Only where <c>WORKERS_TEST_CONTROL</c> is the command that does it, with <c>{0}</c>
/// for <c>kill</c> and <c>start</c>, <c>{1}</c> for the server.
/// </summary>
[TestFixture, NeedsMySql, NonParallelizable]
internal sealed class MySqlRestartTests
{
    private const string Variable = "WORKERS_TEST_CONTROL";
    private const int Kills = 5;
    private const int Between = 200;
    private static readonly StateKey Ada = new("user", "ada");

    private readonly SemaphoreSlim _due = new(0);
    private volatile TaskCompletionSource _back = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [TearDown]
    public void Close() => _due.Dispose();

    [Test]
    public async Task What_was_told_as_written_is_there_once_after_the_server_was_killed()
    {
        if (Environment.GetEnvironmentVariable(Variable) is not { Length: > 0 } command)
        {
            Assert.Ignore($"{Variable} is not set: a command that kills and starts servers, with {{0}} for the verb and {{1}} for the server.");
            return;
        }

        _back.SetResult();
        using var stores = new MySqlStores();
        var (store, told) = (stores.State, 0L);
        var row = await store.TakeAsync("commands", Sample.Commands0, CancellationToken.None);
        var killing = Task.Run(() => KillAsync(command));
        while (!killing.IsCompleted || told < (Kills + 1) * Between)
        {
            try
            {
                await Write(store, row);
                row = row with { Turn = row.Turn + 1 };
            }
            catch (StoreUnavailableException)
            {
                row = await Stored(store);
                row.Turn.ShouldBeGreaterThanOrEqualTo(told);
            }

            if (row.Turn / Between > told / Between)
            {
                _due.Release();
            }

            told = row.Turn;
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

    private async Task KillAsync(string command)
    {
        for (var kill = 0; kill < Kills; kill++)
        {
            await _due.WaitAsync();
            _back = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            try
            {
                await Control(command, "kill");
                await Control(command, "start");
                _back.SetResult();
            }
            catch (Exception error)
            {
                _back.SetException(error);
                throw;
            }
        }
    }

    private async Task<PositionRow> Stored(IStateStore store)
    {
        while (true)
        {
            try
            {
                return (await store.PositionAsync("commands", Sample.Commands0, CancellationToken.None))!;
            }
            catch (StoreUnavailableException)
            {
                await _back.Task;
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
        using var process = Process.Start("/bin/sh", ["-c", string.Format(System.Globalization.CultureInfo.InvariantCulture, command, verb, "mysql")]);
        await process.WaitForExitAsync();
        process.ExitCode.ShouldBe(0);
    }
}
