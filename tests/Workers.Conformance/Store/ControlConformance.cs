using System.Text;
using NUnit.Framework;
using Shouldly;
using Workers.Contracts;
using Workers.Engine.Control;
using Workers.Engine.Log;
using Workers.Engine.Store;

namespace Workers.Conformance.Store;

/// <summary>What every state store must do with what concerns every worker.</summary>
public abstract class ControlConformance
{
    private static readonly PartitionId Control0 = new(Topics.Control, 0);

    private Stores _stores = null!;

    private IStateStore Store => _stores.State;

    protected abstract Stores Make();

    [SetUp]
    public void Open() => _stores = Make();

    [TearDown]
    public void Close() => _stores?.Dispose();

    [Test]
    public async Task Rows_are_written_under_one_new_version_and_read_by_it()
    {
        var writer = await Store.WriterAsync();
        using var reader = Store.OpenReader();
        reader.ControlVersion().ShouldBe(0);

        await writer(f => f.Control.AddRange([Row("pause", "order", "1"), Row("handler", "näme", "2")]));
        await writer(f => f.Control.AddRange([Row("pause", "order", null), Row("pause", "user", "3")]));

        reader.ControlVersion().ShouldBe(2);
        reader.ControlRows(0).Select(Text).ShouldBe(["handler näme 1 2", "pause order 2 -", "pause user 2 3"]);
        reader.ControlRows(1).Select(Text).ShouldBe(["pause order 2 -", "pause user 2 3"]);
        reader.ControlRows(2).ShouldBeEmpty();
        Text(reader.FindControl("pause", "user")!).ShouldBe("pause user 2 3");
        reader.FindControl("pause", "nobody").ShouldBeNull();
    }

    [Test]
    public async Task A_key_comes_back_as_it_was_made_and_once_revoked_is_known_to_have_been_there()
    {
        var key = new KeyRow("Ada's", "ada", ["submitter", "viewer"], new string('a', 64), "enc:v1:k:x", 2_000, 1_500, "näher", "root", 1_000);
        var writer = await Store.WriterAsync();
        using var reader = Store.OpenReader();

        await writer(f => f.Control.Add(ControlData.Write("k1", key, 1_000)));
        var made = ControlState.Empty.With(reader.ControlVersion(), reader.ControlRows(0));
        await writer(f => f.Control.Add(new ControlWrite(ControlKinds.Key, "k1", 3_000, null)));
        var revoked = ControlState.Empty.With(reader.ControlVersion(), reader.ControlRows(0));

        var found = made.Parsed(ControlKinds.Key, ControlData.ReadKey).ShouldHaveSingleItem();
        found.Roles.ShouldBe(key.Roles);
        (found with { Roles = key.Roles }).ShouldBe(key);
        (revoked.Rows(ControlKinds.Key).Count(), revoked.HasHad(ControlKinds.Key)).ShouldBe((0, true));
    }

    [Test]
    public async Task They_survive_a_restart()
    {
        await (await Store.WriterAsync())(f => f.Control.Add(Row("pause", "order", "1")));

        _stores.Reopen();

        using (var reader = Store.OpenReader())
        {
            (reader.ControlVersion(), reader.ControlRows(0).Count).ShouldBe((1L, 1));
        }

        (await (await Store.WriterAsync())(f => f.ControlVersion = 1)).ShouldBe(FlushResult.Committed);
    }

    [Test]
    public async Task A_flush_that_was_decided_under_an_older_version_writes_nothing()
    {
        var writer = await Store.WriterAsync();
        var (early, late) = (Sample.Id(), Sample.Id());
        (await writer(f => (f.ControlVersion, _) = (0, Done(f, early)))).ShouldBe(FlushResult.Committed);
        await writer(f => f.Control.Add(Row("pause", "order", "1")));

        (await writer(f => (f.ControlVersion, _) = (0, Done(f, late)))).ShouldBe(FlushResult.Moved);
        Store.Outcomes(early, late).Keys.ShouldBe([early]);

        (await writer(f => (f.ControlVersion, _) = (1, Done(f, late)))).ShouldBe(FlushResult.Committed);
        Store.Outcomes(late).Count.ShouldBe(1);
    }

    [Test]
    public async Task What_asks_that_a_command_is_unfinished_is_written_only_then()
    {
        var writer = await Store.WriterAsync();
        var (done, waits) = (Sample.Id(), Sample.Id());
        await writer(f => Done(f, done));

        (await writer(f => Cancel(f, done))).ShouldBe(FlushResult.UniqueConflict);
        (await writer(f => Cancel(f, waits))).ShouldBe(FlushResult.Committed);

        using var reader = Store.OpenReader();
        reader.ControlRows(0).Select(row => row.Name).ShouldBe([waits.ToString()]);
    }

    [Test]
    public async Task A_row_that_is_done_with_goes_and_the_version_stays()
    {
        var writer = await Store.WriterAsync();
        await writer(f => f.Control.AddRange([Row("cancel", "a", "1"), Row("cancel", "b", "1")]));

        (await writer(f => (f.ControlVersion, _) = (1, Gone(f, "a")))).ShouldBe(FlushResult.Committed);

        using var reader = Store.OpenReader();
        (reader.ControlVersion(), reader.ControlRows(0).Single().Name).ShouldBe((1L, "b"));
    }

    [Test]
    public async Task Whoever_changes_it_and_whoever_works_under_it_agree_which_was_first()
    {
        var position = await Store.TakeAsync("commands", Sample.Commands0, CancellationToken.None);
        var control = await Store.TakeAsync("control", Control0, CancellationToken.None);
        var (turn, version, refused) = (position.Turn, 0L, 0);

        for (var round = 0; round < 30; round++)
        {
            var id = Sample.Id(round);
            var work = Sample.Flush(turn, position.Epoch);
            (work.ControlVersion, _) = (version, Done(work, id));
            var cancel = Sample.Flush(round, control.Epoch, 0, "control", Control0);
            Cancel(cancel, id);
            var both = new[] { Task.Run(() => Store.FlushAsync(work)), Task.Run(() => Store.FlushAsync(cancel)) };
            var results = await Task.WhenAll(both);

            string.Join(' ', results).ShouldBeOneOf("Committed UniqueConflict", "Moved Committed");
            Store.Outcomes(id).Count.ShouldBe(results[0] == FlushResult.Committed ? 1 : 0);
            if (results[0] == FlushResult.Committed)
            {
                turn++;
                await Store.FlushAsync(Sample.Flush(round, control.Epoch, 0, "control", Control0));
            }
            else
            {
                version++;
                refused++;
            }
        }

        using var reader = Store.OpenReader();
        (reader.ControlVersion(), reader.ControlRows(0).Count).ShouldBe((version, refused));
    }

    private static ControlWrite Row(string kind, string name, string? data) => new(kind, name, Sample.Ms(1), data is null ? null : Encoding.UTF8.GetBytes(data));

    private static string Text(ControlRow row) => $"{row.Kind} {row.Name} {row.Version} {(row.Data is null ? "-" : Encoding.UTF8.GetString(row.Data))}";

    private static Flush Done(Flush flush, Guid id)
    {
        flush.Outcomes.Add(new OutcomeWrite(Sample.Outcome(id), false));
        return flush;
    }

    private static Flush Gone(Flush flush, string name)
    {
        flush.ControlDone.Add(new ControlName("cancel", name));
        return flush;
    }

    private static void Cancel(Flush flush, Guid id)
    {
        flush.Unfinished.Add(id);
        flush.Control.Add(Row("cancel", id.ToString(), "1"));
    }
}
