using System.Text;
using NUnit.Framework;
using Shouldly;
using Workers.Engine.Projections;
using Workers.Engine.Store;

namespace Workers.Conformance.Projections;

/// <summary>What every store of read models must do.</summary>
public abstract class ReadModelConformance
{
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly ReadModelQuery Users = new("user", new Dictionary<string, string>(), null, 2, null, 0, false, false);
    private static readonly CommandQuery All = new(null, null, null, null, null, null, null, null, null, null, 2, null, 0);

    private Stores _stores = null!;

    private IReadModelStore Store => _stores.ReadModels;

    protected abstract Stores Make();

    [SetUp]
    public void Open() => _stores = Make();

    [TearDown]
    public void Close() => _stores?.Dispose();

    [Test]
    public async Task An_older_version_never_overwrites_a_newer_one()
    {
        await Apply(b => b.Models.AddRange([User("ada", 3, "first"), User("ada", 2, "two"), User("ada", 3, "three")]));
        await Apply(b => b.Models.Add(User("ada", 1, "one")));

        var read = (await Store.FindAsync("user", "ada", None)).ShouldNotBeNull();
        (read.Version, read.Fields["name"]).ShouldBe((3, "three"));
        (await Store.FindAsync("order", "ada", None)).ShouldBeNull();
        (await List(Users with { Text = "two" })).ShouldBeEmpty();
    }

    [Test]
    public async Task Models_are_found_together_with_what_the_next_event_is_folded_into()
    {
        await Apply(b => b.Models.AddRange([User("ada", 1, "Ada"), User("bob", 1, "Bob") with { Deleted = true, Data = [] }, User("eve", 1, "Eve")]));

        var found = await Store.FindAllAsync("user", ["bob", "nobody", "ada"], None);

        found.Select(m => (m.Id, m.Deleted, Sample.Text(m.State))).ShouldBe([("ada", false, "state of ada"), ("bob", true, "state of bob")], ignoreOrder: true);
        (await Store.FindAsync("user", "ada", None))!.State.ShouldBeEmpty();
        (await Store.ListAsync(Users, None)).Items.ShouldAllBe(m => m.State.Length == 0);
    }

    [Test]
    public async Task What_is_new_among_what_is_repeated_is_written()
    {
        var rows = Enumerable.Range(0, 12).Select(n => Command(n)).ToList();
        await Apply(b => b.Commands.AddRange(rows.Where((_, n) => n % 3 == 0)));
        await Apply(b => b.Models.AddRange([User("ada", 2, "Ada"), User("eve", 2, "Eve")]));

        await Apply(b =>
        {
            b.Commands.AddRange(rows);
            b.Models.AddRange([User("ada", 1, "old"), User("bob", 1, "Bob"), User("eve", 1, "old"), User("zoe", 1, "Zoe")]);
        });

        foreach (var row in rows)
        {
            (await Store.FindCommandAsync(row.Id, None)).ShouldNotBeNull();
        }

        (await List(Users with { Limit = 9 })).ShouldBe(["ada", "bob", "eve", "zoe"], ignoreOrder: true);
    }

    [Test]
    public async Task A_rebuild_is_applied_without_positions()
    {
        var batch = new ReadModelBatch();
        batch.Models.Add(User("ada", 1, "Ada"));

        (await Store.ApplyAsync([], batch, None)).ShouldBe(FlushResult.Committed);

        (await Store.FindAsync("user", "ada", None)).ShouldNotBeNull();
    }

    [Test]
    public async Task Nothing_is_applied_where_a_position_has_moved()
    {
        var row = await Store.TakeAsync("projections", Sample.Commands0, None);
        var other = await Store.TakeAsync("projections", new(Contracts.Topics.Events, 0), None);
        var batch = new ReadModelBatch();
        batch.Models.Add(User("ada", 1, "Ada"));
        PositionMove[] moves =
        [
            new("projections", Sample.Commands0, 1, row.Turn, row.Epoch),
            new("projections", new(Contracts.Topics.Events, 0), 1, other.Turn + 1, other.Epoch),
        ];

        (await Store.ApplyAsync(moves, batch, None)).ShouldBe(FlushResult.Moved);

        (await Store.FindAsync("user", "ada", None)).ShouldBeNull();
        (await _stores.PositionAsync("projections", Sample.Commands0))!.Turn.ShouldBe(row.Turn);
    }

    [Test]
    public async Task Lists_are_newest_first_and_stay_so_while_rows_arrive()
    {
        await Apply(b => b.Models.AddRange(Enumerable.Range(0, 7).Select(n => User($"user-{n}", 1, "x", created: n / 2))));

        var read = new List<string>();
        var page = await Store.ListAsync(Users, None);
        read.AddRange(page.Items.Select(m => m.Id));
        while (page.NextCursor is { } cursor)
        {
            await Apply(b => b.Models.Add(User($"later-{read.Count}", 1, "x", created: 50)));
            page = await Store.ListAsync(Users with { Cursor = cursor }, None);
            read.AddRange(page.Items.Select(m => m.Id));
        }

        read.ShouldBe(["user-6", "user-5", "user-4", "user-3", "user-2", "user-1", "user-0"]);
        (await List(Users with { Ascending = true, Limit = 3 })).ShouldBe(["user-0", "user-1", "user-2"]);
        (await List(Users with { Offset = 4, Limit = 3 })).ShouldBe(["user-5", "user-4", "user-3"]);
    }

    [Test]
    public async Task Lists_are_filtered_by_every_field_named_and_counted()
    {
        await Apply(b => b.Models.AddRange(Enumerable.Range(0, 9).Select(n =>
            User($"user-{n}", 1, "x", created: n, ("status", n % 2 == 0 ? "active" : "blocked"), ("category", n % 3 == 0 ? "a" : "b")))));
        await Apply(b => b.Models.Add(User("user-0", 2, "x", created: 0, ("status", "blocked"), ("category", "a"))));
        var filters = new Dictionary<string, string> { ["status"] = "active", ["category"] = "a" };

        var page = await Store.ListAsync(Users with { Filters = filters, Limit = 1, WithTotal = true }, None);

        page.Items.Single().Id.ShouldBe("user-6");
        page.Total.ShouldBe(1);
        page.NextCursor.ShouldBeNull();
        filters["status"] = "blocked";
        (await List(Users with { Filters = filters, Limit = 9 })).ShouldBe(["user-3", "user-0"]);
        filters["status"] = "nothing";
        (await List(Users with { Filters = filters })).ShouldBeEmpty();
    }

    [Test]
    public async Task Text_finds_the_beginnings_of_words_in_names_and_addresses()
    {
        await Apply(b => b.Models.AddRange(
            [
                User("ada", 1, "Ada Lovelace", created: 1, ("email", "ada@example.org")),
                User("bob", 1, "Bob Löve", created: 2, ("email", "bob@example.com")),
            ]));

        (await List(Users with { Text = "lov" })).ShouldBe(["bob", "ada"]);
        (await List(Users with { Text = "ADA love" })).ShouldBe(["ada"]);
        (await List(Users with { Text = "ada@example.org" })).ShouldBe(["ada"]);
        (await List(Users with { Text = "\" NOT *" })).ShouldBeEmpty();
        await Apply(b => b.Models.Add(User("ada", 2, "Ada King", created: 1)));
        (await List(Users with { Text = "lovelace" })).ShouldBeEmpty();
    }

    [Test]
    public async Task A_deleted_model_is_known_but_not_listed()
    {
        await Apply(b => b.Models.Add(User("ada", 1, "Ada")));
        await Apply(b => b.Models.Add(User("ada", 2, "Ada") with { Deleted = true, Data = [] }));

        (await Store.FindAsync("user", "ada", None))!.Deleted.ShouldBeTrue();
        (await Store.ListAsync(Users with { WithTotal = true }, None)).Total.ShouldBe(0);
        (await List(Users with { Filters = new Dictionary<string, string> { ["name"] = "Ada" } })).ShouldBeEmpty();
        (await List(Users with { Text = "Ada" })).ShouldBeEmpty();
    }

    [Test]
    public async Task An_outcome_may_come_before_its_command()
    {
        var command = Command(1);
        await Apply(b => b.Outcomes.Add(Outcome(command.Id, CommandState.Failed)));
        (await Store.FindCommandAsync(command.Id, None)).ShouldBeNull();
        (await Store.ListCommandsAsync(All, None)).Items.ShouldBeEmpty();

        await Apply(b => b.Commands.Add(command));

        var read = (await Store.FindCommandAsync(command.Id, None)).ShouldNotBeNull();
        read.Outcome.ShouldBe(Outcome(command.Id, CommandState.Failed));
        (read with { Outcome = null, Data = command.Data }).ShouldBe(command);
        Sample.Text(read.Data).ShouldBe("{}");
    }

    [Test]
    public async Task A_command_told_twice_stays_as_it_was_and_an_older_outcome_changes_nothing()
    {
        var command = Command(1);
        await Apply(b => b.Commands.Add(command));
        await Apply(b => b.Outcomes.Add(Outcome(command.Id, CommandState.Succeeded)));
        await Apply(b =>
        {
            b.Commands.Add(command with { Type = "Other" });
            b.Outcomes.Add(Outcome(command.Id, CommandState.Running) with { CompletedMs = 0 });
        });

        var read = (await Store.FindCommandAsync(command.Id, None))!;
        (read.Type, read.Outcome!.State).ShouldBe(("CreateUser", CommandState.Succeeded));
    }

    [Test]
    public async Task Commands_are_listed_newest_first_and_stay_so_while_rows_arrive()
    {
        var commands = Enumerable.Range(0, 7).Select(n => Command(n)).ToList();
        await Apply(b => b.Commands.AddRange(commands));

        var read = new List<Guid>();
        var page = await Store.ListCommandsAsync(All, None);
        read.AddRange(page.Items.Select(c => c.Id));
        while (page.NextCursor is { } cursor)
        {
            await Apply(b => b.Commands.Add(Command(100 + read.Count)));
            page = await Store.ListCommandsAsync(All with { Cursor = cursor }, None);
            read.AddRange(page.Items.Select(c => c.Id));
        }

        read.ShouldBe(commands.Select(c => c.Id).Reverse());
    }

    [Test]
    public async Task Commands_are_listed_oldest_first_too()
    {
        var commands = Enumerable.Range(0, 5).Select(n => Command(n)).ToList();
        await Apply(b => b.Commands.AddRange(commands));

        var read = new List<Guid>();
        for (var query = All with { OldestFirst = true, Limit = 2 }; read.Count < 5;)
        {
            var page = await Store.ListCommandsAsync(query, None);
            read.AddRange(page.Items.Select(c => c.Id));
            query = query with { Cursor = page.NextCursor };
        }

        read.ShouldBe(commands.Select(c => c.Id));
    }

    [Test]
    public async Task What_waits_for_a_time_of_its_own_is_listed_apart_from_what_is_queued()
    {
        var (queued, delayed, fired, ended) = (Command(1), Command(2) with { Door = "schedule" }, Command(3) with { Door = "schedule", ScheduleId = "nightly" }, Command(4));
        await Apply(b =>
        {
            b.Commands.AddRange([queued, delayed, fired, ended]);
            b.Outcomes.Add(Outcome(ended.Id, CommandState.Succeeded));
        });

        async Task<List<Guid>> InAsync(CommandState state) => [.. (await Store.ListCommandsAsync(All with { State = state, Limit = 10 }, None)).Items.Select(c => c.Id)];
        (await InAsync(CommandState.Queued)).ShouldBe([fired.Id, queued.Id]);
        (await InAsync(CommandState.Scheduled)).ShouldBe([delayed.Id]);
        (await InAsync(CommandState.Running)).ShouldBe([fired.Id, delayed.Id, queued.Id]);
    }

    [Test]
    public async Task Commands_are_found_by_each_filter()
    {
        var wanted = Command(5) with { Type = "PlaceOrder", Kind = "order", Key = "order-1", UserId = "ada", CorrelationId = "c-1", CallerId = "mine" };
        await Apply(b =>
        {
            b.Commands.AddRange([Command(1), wanted, Command(9)]);
            b.Outcomes.AddRange([Outcome(wanted.Id, CommandState.Failed), Outcome(b.Commands[2].Id, CommandState.Succeeded)]);
        });
        CommandQuery[] queries =
        [
            All with { Type = "PlaceOrder" }, All with { Kind = "order" }, All with { Key = "order-1" }, All with { UserId = "ada" },
            All with { CorrelationId = "c-1" }, All with { State = CommandState.Failed }, All with { Code = "OUT_OF_STOCK" },
            All with { FromMs = Sample.Ms(5), ToMs = Sample.Ms(5) }, All with { Text = "placeor" }, All with { Text = "PlaceOrder", State = CommandState.Failed, Kind = "order" }, All with { Text = "mine" }, All with { Text = wanted.Id.ToString() },
        ];

        foreach (var query in queries)
        {
            (await Store.ListCommandsAsync(query, None)).Items.Select(c => c.Id).ShouldBe([wanted.Id], query.ToString());
        }

        (await Store.ListCommandsAsync(All with { State = CommandState.Queued }, None)).Items.Count.ShouldBe(1);
        (await Store.ListCommandsAsync(All with { State = CommandState.Succeeded }, None)).Items.Count.ShouldBe(1);
        (await Store.FindByCallerIdAsync("mine", None)).Single().Id.ShouldBe(wanted.Id);
        (await Store.FindByCallerIdAsync("other", None)).ShouldBeEmpty();
    }

    [Test]
    public async Task What_the_platform_sends_to_itself_can_be_left_out()
    {
        var (sent, asked, own) = (Command(1) with { Door = "saga" }, Command(2) with { Type = "PauseQueue", Door = "control" }, Command(3) with { Type = "RecordCircuit", Door = "internal" });
        await Apply(b => b.Commands.AddRange([sent, asked, own]));

        var page = await Store.ListCommandsAsync(All with { Limit = 10, WithoutOwn = true, WithTotal = true }, None);

        (page.Total, page.IsEstimate).ShouldBe((2, false));
        page.Items.Select(row => row.Id).ShouldBe([asked.Id, sent.Id]);
        (await Store.ListCommandsAsync(All with { Limit = 10 }, None)).Items.Count.ShouldBe(3);
        (await Store.FindCommandAsync(own.Id, None)).ShouldNotBeNull();
    }

    private static ReadModel User(string id, long version, string name, int created = 0, params (string Name, string Value)[] fields) => new(
        "user", id, version, false, Sample.Ms(created), Sample.Ms(created), Encoding.UTF8.GetBytes($$"""{"name":"{{name}}"}"""),
        fields.Append(("name", name)).ToDictionary(f => f.Item1, f => f.Item2),
        Encoding.UTF8.GetBytes($"state of {id}"));

    [Test]
    public async Task Clearing_the_list_forgets_what_has_ended_before_and_nothing_else()
    {
        var (ended, open, later) = (Command(1), Command(2), Command(9));
        await Apply(b =>
        {
            b.Commands.AddRange([ended, open, later]);
            b.Outcomes.AddRange([Outcome(ended.Id, CommandState.Succeeded), Outcome(later.Id, CommandState.Failed)]);
        });

        await Apply(b => b.ClearCommandsBefore = Sample.Ms(5));

        (await Store.ListCommandsAsync(All with { Limit = 10 }, None)).Items.Select(row => row.Id).ShouldBe([later.Id, open.Id]);
        (await Store.FindCommandAsync(ended.Id, None)).ShouldBeNull();
    }

    [Test]
    public async Task What_has_ended_in_the_batch_that_clears_the_list_is_forgotten_too()
    {
        var (known, ended, open) = (Command(1), Command(2), Command(3));
        await Apply(b => b.Commands.Add(known));

        await Apply(b =>
        {
            b.Commands.AddRange([ended, open]);
            b.Outcomes.AddRange([Outcome(known.Id, CommandState.Failed), Outcome(ended.Id, CommandState.Succeeded)]);
            b.ClearCommandsBefore = Sample.Ms(5);
        });

        (await Store.ListCommandsAsync(All with { Limit = 10 }, None)).Items.Select(row => row.Id).ShouldBe([open.Id]);
    }

    [Test]
    public async Task Commands_that_are_named_are_forgotten_whatever_became_of_them()
    {
        var (ended, open, other) = (Command(1), Command(2), Command(3));
        await Apply(b =>
        {
            b.Commands.AddRange([ended, open, other]);
            b.Outcomes.Add(Outcome(ended.Id, CommandState.Succeeded));
        });

        await Apply(b => b.ForgottenCommands.AddRange([ended.Id, open.Id, Sample.Id()]));

        (await Store.ListCommandsAsync(All with { Limit = 10 }, None)).Items.Select(row => row.Id).ShouldBe([other.Id]);
    }

    private static CommandRow Command(int seconds) => new(
        Sample.Id(seconds), null, "CreateUser", "user", "user-1", "caller", "execute", Sample.Ms(seconds), null, null, null, null, null, "{}"u8.ToArray());

    private static CommandOutcomeRow Outcome(Guid id, CommandState state) =>
        new(id, state, 1, Sample.Ms(1), Sample.Ms(2), state == CommandState.Failed ? "OUT_OF_STOCK" : null, null);

    private async Task<IEnumerable<string>> List(ReadModelQuery query) => (await Store.ListAsync(query, None)).Items.Select(m => m.Id);

    private async Task Apply(Action<ReadModelBatch> fill)
    {
        var row = await _stores.PositionAsync("projections", Sample.Commands0)
            ?? await Store.TakeAsync("projections", Sample.Commands0, None);
        var batch = new ReadModelBatch();
        fill(batch);
        var move = new PositionMove("projections", Sample.Commands0, row.Offset + 1, row.Turn, row.Epoch);
        (await Store.ApplyAsync([move], batch, None)).ShouldBe(FlushResult.Committed);
    }
}
