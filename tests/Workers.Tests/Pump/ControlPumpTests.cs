using Microsoft.Extensions.Logging.Abstractions;
using NUnit.Framework;
using Shouldly;
using Workers.Engine.Control;
using Workers.Engine.Pump;
using Workers.Engine.Store;

namespace Workers.Tests.Pump;

/// <summary>What is paused, cancelled or before a fence, as the pump has it.</summary>
[TestFixture]
internal sealed class ControlPumpTests
{
    private PumpFixture _pump = null!;

    [SetUp]
    public void Start() => _pump = new PumpFixture();

    [TearDown]
    public void End() => _pump.Dispose();

    [Test]
    public async Task Commands_of_a_paused_kind_wait_in_order_until_they_are_let_go()
    {
        await _pump.ControlAsync(Paused("user"));
        await _pump.AppendOneAsync("a", "CreateUser", "queue");
        await _pump.AppendOneAsync("a", "UpdateUser", "queue");
        await _pump.AppendOneAsync("b", "CreateProduct", "queue");
        _pump.Run();
        _pump.Script.Executed.ShouldBe(["b#1"]);
        Rows().Select(row => row.Reason).ShouldBe([BatchRun.Paused, "behind"]);

        await _pump.ControlAsync(Resumed("user"));
        _pump.Run();

        _pump.Script.Types.ShouldBe(["CreateProduct", "CreateUser", "UpdateUser"]);
        Rows().ShouldBeEmpty();
    }

    [Test]
    public async Task A_pause_of_one_type_or_one_key_holds_back_no_other()
    {
        await _pump.ControlAsync(ControlData.Write(new Pause("user", "CreateUser", null, null, null, "ops", 1)));
        await _pump.ControlAsync(ControlData.Write(new Pause("order", null, "o-1", null, null, "ops", 1)));
        await _pump.AppendOneAsync("a", "CreateUser", null);
        await _pump.AppendOneAsync("b", "UpdateUser", null);
        await _pump.AppendOneAsync("o-1", "ConfirmOrder", null);
        await _pump.AppendOneAsync("o-2", "ConfirmOrder", null);
        _pump.Run();

        _pump.Script.Executed.ShouldBe(["b#1", "o-2#1"]);
    }

    [Test]
    public async Task Types_that_registered_handlers_alone_know_are_held_back_with_the_kind_system()
    {
        await _pump.ControlAsync(Paused("system"));
        await _pump.AppendOneAsync("acme", "MakeReport", "queue");
        await _pump.AppendOneAsync("a", "CreateUser", null);
        _pump.Run();
        _pump.Script.Types.ShouldBe(["CreateUser"]);
        Rows().ShouldHaveSingleItem().Reason.ShouldBe(BatchRun.Paused);

        await _pump.ControlAsync(Resumed("system"));
        _pump.Run();

        _pump.Script.Types.ShouldBe(["CreateUser", "MakeReport"]);
    }

    [Test]
    public async Task A_pause_with_a_time_ends_by_itself()
    {
        var until = _pump.Clock.GetUtcNow().AddMinutes(5).ToUnixTimeMilliseconds();
        await _pump.ControlAsync(ControlData.Write(new Pause("user", null, null, null, until, "ops", 1)));
        await _pump.AppendOneAsync("a", "CreateUser", null);
        _pump.Run();
        _pump.RunAfter(TimeSpan.FromMinutes(4));
        _pump.Script.Executed.ShouldBeEmpty();

        _pump.RunAfter(TimeSpan.FromMinutes(2));

        _pump.Script.Executed.ShouldBe(["a#1"]);
    }

    [Test]
    public async Task What_is_held_back_is_let_go_although_the_worker_died_in_between()
    {
        await _pump.ControlAsync(Paused("user"));
        await _pump.AppendOneAsync("a", "CreateUser", null);
        _pump.Run();
        await _pump.ControlAsync(Resumed("user"));

        _pump.Start();
        _pump.Run();

        _pump.Script.Executed.ShouldBe(["a#1"]);
    }

    [Test]
    public async Task A_platforms_own_command_is_not_held_back()
    {
        await _pump.ControlAsync(Paused("payment"));
        await _pump.AppendOneAsync("p", "RecordCharge", "effect");
        _pump.Run();

        _pump.Script.Executed.ShouldBe(["p#1"]);
    }

    [Test]
    public async Task A_batch_that_was_decided_before_a_change_is_decided_again_under_it()
    {
        await _pump.AppendOneAsync("a", "CreateUser", null);
        await _pump.ControlAsync(Paused("user"), tells: false);
        _pump.Run();

        _pump.Script.Executed.ShouldBe(["a#1"], "it ran under the old state");
        _pump.Count("a").ShouldBe(0, "and nothing of that was written");
        Rows().Single().Reason.ShouldBe(BatchRun.Paused);
    }

    [Test]
    public async Task A_cancelled_command_is_not_executed_wherever_it_is_in_its_key()
    {
        await _pump.ControlAsync(Paused("user"));
        await _pump.AppendOneAsync("a", "CreateUser", null);
        var second = await _pump.AppendOneAsync("a", "UpdateUser", null);
        await _pump.AppendOneAsync("a", "DeleteUser", null);
        _pump.Run();

        await _pump.ControlAsync(Cancelled(second.Id, "a"));
        _pump.Run();
        _pump.Script.Cancelled.ShouldBe(["a:The command was cancelled: not wanted"], "at once, although its key is paused");
        _pump.State.ControlRows(0).ShouldNotContain(row => row.Kind == ControlKinds.Cancel, "it has done its work");

        await _pump.ControlAsync(Resumed("user"));
        _pump.Run();
        _pump.Count("a").ShouldBe(2);
    }

    [Test]
    public async Task A_cancel_that_comes_before_its_command_is_read_waits_for_it()
    {
        var record = await _pump.AppendOneAsync("a", "CreateUser", null);
        await _pump.ControlAsync(Cancelled(record.Id, "a"), tells: false);
        await _pump.AppendOneAsync("b", "CreateUser", null);
        _pump.Run();

        _pump.Script.Cancelled.Count.ShouldBe(1);
        (_pump.Count("a"), _pump.Count("b")).ShouldBe((0, 1));
    }

    [Test]
    public async Task Cancels_that_others_have_done_with_are_forgotten_at_the_next_change()
    {
        using var elsewhere = new ControlFeed(_pump.Store, null, NullLogger<ControlFeed>.Instance);
        var record = await _pump.AppendOneAsync("a", "CreateUser", null);
        await _pump.ControlAsync(Cancelled(record.Id, "a"));
        elsewhere.Ask().Cancels.ShouldHaveSingleItem();
        _pump.Run();
        await _pump.ControlAsync(Paused("user"));

        var now = elsewhere.Ask();

        now.Cancels.ShouldBeEmpty();
        now.Pauses.ShouldHaveSingleItem();
    }

    [Test]
    public async Task A_fence_means_nothing_in_a_log_that_was_made_anew()
    {
        var atMs = _pump.Clock.GetUtcNow().AddMinutes(-2).ToUnixTimeMilliseconds();
        await _pump.ControlAsync(ControlData.Write(new Fence([1_000_000], null, "ops", atMs)));
        await _pump.AppendOneAsync("a", "CreateUser", "queue");
        _pump.Run();

        _pump.Script.Executed.ShouldBe(["a#1"]);
    }

    [Test]
    public async Task What_was_passed_is_known_at_once_where_nothing_can_go_on()
    {
        await _pump.AppendAsync("a", "b");
        _pump.Run();

        _pump.Start();

        _pump.Passed.ShouldBe(await _pump.EndAsync());
    }

    [Test]
    public async Task A_fence_cancels_what_was_queued_before_it_and_nothing_else()
    {
        await _pump.ControlAsync(Paused("user"));
        await _pump.AppendOneAsync("waits", "CreateUser", "queue");
        await _pump.AppendOneAsync("resource", "CreateUser", "resource");
        await _pump.AppendOneAsync("saga", "CreateUser", "saga");
        _pump.Run();
        await _pump.AppendOneAsync("unread", "CreateProduct", "execute-async");
        await _pump.AppendOneAsync("kafka", "CreateProduct", "kafka");
        await _pump.ControlAsync(ControlData.Write(new Fence([await _pump.EndAsync()], null, "ops", _pump.Clock.GetUtcNow().ToUnixTimeMilliseconds())), tells: false);
        await _pump.AppendOneAsync("later", "CreateProduct", "queue");
        _pump.Run();
        await _pump.ControlAsync(Resumed("user"));
        _pump.Run();

        _pump.Script.Cancelled.Select(c => c[..c.IndexOf(':', StringComparison.Ordinal)]).ShouldBe(["waits", "unread", "kafka"], ignoreOrder: true);
        new[] { "resource", "saga", "later" }.Select(_pump.Count).ShouldBe([1, 1, 1]);
        new[] { "waits", "unread", "kafka" }.Select(_pump.Count).ShouldBe([0, 0, 0]);
    }

    [Test]
    public async Task Without_any_change_a_flush_is_written_the_first_time()
    {
        await _pump.ControlAsync(Paused("user"));
        await _pump.AppendAsync("a", "b", "c");
        _pump.Run();

        _pump.Script.Executed.ShouldBe(["a#1", "b#1", "c#1"]);
    }

    private IReadOnlyList<ParkedRow> Rows() => _pump.State.Parked(PumpFixture.Group, _pump.Partition, long.MinValue, 100);

    private static ControlWrite Paused(string kind) => ControlData.Write(new Pause(kind, null, null, null, null, "ops", 1));

    private static ControlWrite Resumed(string kind) => new(ControlKinds.Pause, new Pause(kind, null, null, null, null, "", 0).Name, 2, null);

    private static ControlWrite Cancelled(Guid id, string key) => ControlData.Write(id, new Cancel(key, "not wanted", "ops"), 1);
}
