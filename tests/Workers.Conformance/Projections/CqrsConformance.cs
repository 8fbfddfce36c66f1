using System.Text;
using NUnit.Framework;
using Shouldly;
using Workers.Engine.Projections;
using Workers.Engine.Store;

namespace Workers.Conformance.Projections;

/// <summary>What every store of saved read models, listed events and the lists' figures must do.</summary>
public abstract class CqrsConformance
{
    private const string Users = ReadModelTypes.User;
    private const long Now = 1_790_000_000_000;
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly EventQuery Events = new(null, null, null, null, 50, null);

    private Stores _stores = null!;

    private ICqrsStore Store => _stores.Cqrs;

    protected abstract Stores Make();

    [SetUp]
    public void Open() => _stores = Make();

    [TearDown]
    public void Close() => _stores?.Dispose();

    [Test]
    public async Task What_was_saved_last_is_found_and_is_as_old_as_it_was_when_it_was_new()
    {
        await Apply(b => b.Saved.AddRange([Saved("ada", 5, "first"), Saved("ada", 6, "second") with { CreatedMs = Now + 9, UpdatedMs = Now + 9 }]));
        await Apply(b => b.Saved.Add(Saved("ada", 3, "third") with { CreatedMs = Now + 10, UpdatedMs = Now + 10 }));

        var found = (await Store.FindSavedAsync(Users, ["nobody", "ada"], None)).ShouldHaveSingleItem();
        (found.Version, found.Deleted, Text(found.Data), found.CreatedMs, found.UpdatedMs).ShouldBe((3, false, "third", Now, Now + 10));
        (await Store.FindSavedAsync("OrderReadModel", ["ada"], None)).ShouldBeEmpty();
        (await Store.ListSavedAsync(Users, 10, null, None)).ShouldHaveSingleItem().Id.ShouldBe("ada");
    }

    [Test]
    public async Task What_is_saved_again_after_it_was_deleted_is_new([Values] bool made)
    {
        await Apply(b =>
        {
            b.Models.AddRange(made ? [Made("ada", 1)] : []);
            b.Saved.Add(Saved("ada", 2, "first"));
        });
        await Apply(b => b.Saved.Add(Gone("ada", 2)));
        await Apply(b => b.Saved.AddRange([Saved("ada", 3, "second") with { CreatedMs = Now + 3 }, Saved("ada", 4, "third") with { CreatedMs = Now + 4 }]));
        (await Store.FindSavedAsync(Users, ["ada"], None)).ShouldHaveSingleItem().CreatedMs.ShouldBe(Now + 3);

        await Apply(b => b.Saved.AddRange([Gone("ada", 4), Saved("ada", 5, "fourth") with { CreatedMs = Now + 5 }]));

        (await Store.FindSavedAsync(Users, ["ada"], None)).ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            m => m.CreatedMs.ShouldBe(Now + 5), m => Text(m.Data).ShouldBe("fourth"), m => m.Deleted.ShouldBeFalse());
        (await Store.CountAsync(None)).ReadModels[Users].ShouldBe(1);
    }

    [Test]
    public async Task Saved_models_are_listed_newest_first_from_any_place_on()
    {
        await Apply(b => b.Saved.AddRange(Enumerable.Range(0, 5).Select(n => Saved($"u{n}", 1, "") with { CreatedMs = Now + (n / 2) })));

        var first = await Store.ListSavedAsync(Users, 2, null, None);
        var rest = await Store.ListSavedAsync(Users, 9, (first[1].CreatedMs, first[1].Id), None);

        first.Concat(rest).Select(m => m.Id).ShouldBe(["u4", "u3", "u2", "u1", "u0"]);
        (await Store.ListSavedAsync("OrderReadModel", 9, null, None)).ShouldBeEmpty();
    }

    [Test]
    public async Task What_was_only_saved_is_gone_when_it_is_deleted_and_what_events_make_is_hidden_until_a_rebuild()
    {
        await Apply(b =>
        {
            b.Models.Add(Made("ada", 3));
            b.Saved.AddRange([Saved("ada", 9, "over"), Saved("bob", 1, "only")]);
        });
        await Apply(b => b.Saved.AddRange([Gone("ada", 3), Gone("bob", 0)]));

        var hidden = (await Store.FindSavedAsync(Users, ["ada", "bob"], None)).ShouldHaveSingleItem();
        (hidden.Id, hidden.Deleted, hidden.Version, hidden.Data.Length).ShouldBe(("ada", true, 3, 0));
        hidden.Hides(Made("ada", 3)).ShouldBeTrue();
        hidden.Hides(Made("ada", 4)).ShouldBeFalse();
        (await Store.ListSavedAsync(Users, 9, null, None)).ShouldBeEmpty();
        (await Store.CountAsync(None)).ReadModels.GetValueOrDefault(Users).ShouldBe(0);

        await Apply(b =>
        {
            b.Rebuilt = true;
            b.Models.Add(Made("ada", 3));
        });
        (await Store.FindSavedAsync(Users, ["ada"], None)).ShouldBeEmpty();
        (await Store.CountAsync(None)).ReadModels.GetValueOrDefault(Users).ShouldBe(1);
    }

    [Test]
    public async Task Events_are_listed_once_newest_first_and_by_type_aggregate_and_time()
    {
        var events = Enumerable.Range(0, 5).Select(n => Event(n, n % 2 == 0 ? "UserCreated" : "OrderCreated", $"a{n}")).ToList();
        await Apply(b => b.Events.AddRange(events));
        await Apply(b => b.Events.AddRange(events.Select(e => e with { Type = "Another" })));

        var all = await Store.ListEventsAsync(Events, None);
        all.Items.Select(e => e.AggregateId).ShouldBe(["a4", "a3", "a2", "a1", "a0"]);
        (all.NextCursor, all.Items.Any(e => e.Type == "Another")).ShouldBe((null, false));
        (await Store.ListEventsAsync(Events with { Type = "OrderCreated" }, None)).Items.Select(e => e.AggregateId).ShouldBe(["a3", "a1"]);
        (await Store.ListEventsAsync(Events with { AggregateId = "a2" }, None)).Items.ShouldHaveSingleItem().Id.ShouldBe(events[2].Id);
        (await Store.ListEventsAsync(Events with { FromMs = Now + 1, ToMs = Now + 2 }, None)).Items.Select(e => e.AggregateId).ShouldBe(["a2", "a1"]);
        var page = await Store.ListEventsAsync(Events with { Limit = 2 }, None);
        (await Store.ListEventsAsync(Events with { Limit = 9, Cursor = page.NextCursor }, None)).Items.Select(e => e.AggregateId).ShouldBe(["a2", "a1", "a0"]);
    }

    [Test]
    public async Task An_event_is_found_with_all_that_it_says()
    {
        var posted = Event(0, "UserCreated", "ada") with { Version = 0, External = true, UserId = "ada", CorrelationId = "c", CommandId = Guid.NewGuid() };
        var own = Event(1, "OrderShipped", "o1") with { Entity = null };
        await Apply(b => b.Events.AddRange([posted, own]));

        var found = (await Store.FindEventAsync(posted.Id, None)).ShouldNotBeNull();
        (found with { Data = [] }).ShouldBe(posted with { Data = [] });
        Text(found.Data).ShouldBe(Text(posted.Data));
        (await Store.FindEventAsync(own.Id, None))!.ShouldSatisfyAllConditions(e => e.Entity.ShouldBeNull(), e => e.CommandId.ShouldBeNull(), e => e.Version.ShouldBe(1));
        (await Store.FindEventAsync(Guid.NewGuid(), None)).ShouldBeNull();
    }

    [Test]
    public async Task The_list_of_events_is_bounded_while_it_is_written()
    {
        for (var n = 0; n < 30; n++)
        {
            var at = n;
            await Apply(b =>
            {
                b.KeepEvents = 5;
                b.Events.Add(Event(at, "UserCreated", $"a{at}"));
            });
        }

        var kept = (await Store.ListEventsAsync(Events, None)).Items;
        kept.Count.ShouldBeInRange(5, 10);
        kept[0].AggregateId.ShouldBe("a29");
    }

    [Test]
    public async Task Lists_are_cut_to_the_newest_and_only_what_has_ended_or_was_saved_goes()
    {
        await Apply(b =>
        {
            b.Commands.AddRange(Enumerable.Range(0, 6).Select(n => Command(n, "cqrs")));
            b.Commands.Add(Command(9, "execute") with { Outcome = Ended(9, CommandState.Succeeded) });
            b.Outcomes.AddRange([Ended(1, CommandState.Succeeded), Ended(2, CommandState.Failed), Ended(3, CommandState.Undone), Ended(4, CommandState.DeadLettered)]);
            b.Events.AddRange(Enumerable.Range(0, 5).Select(n => Event(n, "UserCreated", $"a{n}")));
            b.Models.AddRange([Made("eve", 1), Made("joe", 1), Made("sue", 1)]);
            b.Saved.AddRange(Enumerable.Range(0, 5).Select(n => Saved($"u{n}", 1, "") with { UpdatedMs = Now + n }));
            b.Saved.Add(Gone("eve", 1));
        });
        var counts = await Store.CountAsync(None);
        (counts.Commands, counts.Pending, counts.Succeeded, counts.Failed, counts.Events, counts.ReadModels[Users]).ShouldBe((6, 2, 2, 2, 5, 7));

        var removed = await Store.PruneAsync(new CqrsLimits(Commands: 2, Events: 3, ReadModels: 1), None);

        removed.ShouldBe(new CqrsRemoved(2, 2, 4));
        var cqrs = await _stores.ReadModels.ListCommandsAsync(new CommandQuery(null, null, null, null, null, null, null, null, null, null, 50, null, 0) { Door = "cqrs" }, None);
        cqrs.Items.Select(c => c.Key).ShouldBe(["k5", "k4", "k3", "k0"]);
        (await _stores.ReadModels.ListCommandsAsync(new CommandQuery(null, null, null, null, null, null, null, null, null, null, 50, null, 0), None)).Items.Count.ShouldBe(5);
        (await Store.ListEventsAsync(Events, None)).Items.Select(e => e.AggregateId).ShouldBe(["a4", "a3", "a2"]);
        (await Store.ListSavedAsync(Users, 9, null, None)).Select(m => m.Id).ShouldBe(["u4"]);
        (await Store.FindSavedAsync(Users, ["eve"], None)).ShouldHaveSingleItem().Deleted.ShouldBeTrue();
        (await Store.PruneAsync(new CqrsLimits(2, 3, 1), None)).ShouldBe(new CqrsRemoved(0, 0, 0));
    }

    private async Task Apply(Action<ReadModelBatch> fill)
    {
        var batch = new ReadModelBatch();
        fill(batch);
        (await _stores.ReadModels.ApplyAsync([], batch, None)).ShouldBe(FlushResult.Committed);
    }

    private static SavedModel Saved(string id, long version, string text) => new(Users, id, version, false, Now, Now, Bytes(text));

    private static SavedModel Gone(string id, long version) => new(Users, id, version, true, Now, Now, []);

    private static ReadModel Made(string id, long version) => new(Users, id, version, false, Now, Now, Bytes("made"), new Dictionary<string, string>(), Bytes("s"));

    private static ListedEvent Event(int n, string type, string aggregate) =>
        new(Contracts.Ids.New(DateTimeOffset.FromUnixTimeMilliseconds(Now + n)), type, "user", aggregate, 1, Now + n, null, null, null, false, Bytes($"e{n}"));

    private static CommandRow Command(int n, string door) =>
        new(Id(n), null, "CreateUser", "user", $"k{n}", "anonymous", door, Now + n, null, null, null, null, null, Bytes("{}"));

    private static CommandOutcomeRow Ended(int n, CommandState state) => new(Id(n), state, 1, Now + n, Now + n, null, null);

    // The same for the same number, in the order of the numbers.
    private static Guid Id(int n) => Contracts.Ids.Derived(Contracts.Ids.First(Now + n), "command");

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static string Text(byte[] data) => Encoding.UTF8.GetString(data);
}
