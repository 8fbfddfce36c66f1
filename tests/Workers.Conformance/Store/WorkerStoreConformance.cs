using System.Text;
using NUnit.Framework;
using Shouldly;
using Workers.Engine.Store;

namespace Workers.Conformance.Store;

/// <summary>What every store of heartbeats must do.</summary>
public abstract class WorkerStoreConformance
{
    private static readonly CancellationToken None = CancellationToken.None;

    private Stores _stores = null!;

    protected abstract Stores Make();

    [SetUp]
    public void Open() => _stores = Make();

    [TearDown]
    public void Close() => _stores?.Dispose();

    [Test]
    public async Task Each_process_has_one_row_which_is_its_last_word_also_after_reopening()
    {
        await BeatAsync("worker-2", "first");
        await BeatAsync("worker-1", "other");
        await BeatAsync("worker-2", "last");
        _stores.Reopen();

        var rows = await _stores.Workers.ListAsync(None);

        rows.Select(row => (row.Id, Encoding.UTF8.GetString(row.Report))).ShouldBe([("worker-1", "other"), ("worker-2", "last")]);
        rows.ShouldAllBe(row => row.AtMs > 0 && row.AgeMs >= 0 && row.AgeMs < WorkerRow.KeptFor.TotalMilliseconds);
    }

    [Test]
    public async Task Who_has_not_been_heard_of_for_an_hour_is_forgotten_with_the_next_word_of_another()
    {
        await BeatAsync("gone", "last");
        await BeatAsync("silent", "last");
        _stores.Age("gone", WorkerRow.KeptFor + TimeSpan.FromMinutes(1));
        _stores.Age("silent", WorkerRow.KeptFor - TimeSpan.FromMinutes(1));

        await BeatAsync("worker", "first");

        (await _stores.Workers.ListAsync(None)).Select(row => row.Id).ShouldBe(["silent", "worker"]);
    }

    private Task BeatAsync(string id, string report) => _stores.Workers.BeatAsync(id, Encoding.UTF8.GetBytes(report), None);
}
