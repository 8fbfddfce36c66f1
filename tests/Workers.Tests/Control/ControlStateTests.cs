using NUnit.Framework;
using Shouldly;
using Workers.Contracts.Headers;
using Workers.Engine.Control;
using Workers.Engine.Options;
using Workers.Engine.Store;

namespace Workers.Tests.Control;

/// <summary>What concerns every worker, as it follows from the rows.</summary>
[TestFixture]
internal sealed class ControlStateTests
{
    [Test]
    public void Of_two_handlers_of_a_command_the_later_one_has_it_and_whoever_goes_leaves_nobody()
    {
        var first = Handler("one", taken: 1, "MakeReport", "SendNotification");
        var second = Handler("two", taken: 2, "MakeReport");

        var both = new HandlerMap([second, first]);
        (both.Outside("MakeReport")!.Name, both.Outside("SendNotification")!.Name).ShouldBe(("two", "one"));
        both.Outside("CreateUser").ShouldBeNull();

        var gone = new HandlerMap([first, second with { Row = second.Row with { Active = false } }]);
        (gone.IsOut("MakeReport"), gone.IsOut("SendNotification"), gone.IsOut("CreateUser")).ShouldBe((true, false, false));
    }

    [Test]
    public void A_handler_of_ours_that_comes_back_has_its_commands_again()
    {
        var outside = Handler("one", taken: 1, "SendNotification") with { Row = Handler("one", 1, "SendNotification").Row with { Active = false } };
        var ours = new NamedHandler("notification", new HandlerRow(["SendNotification"], null, null, 0, Taken: 5, Active: true, null, "ops", 0));

        var map = new HandlerMap([outside, ours]);

        map.IsOut("SendNotification").ShouldBeFalse();
        map.Outside("SendNotification").ShouldBeNull();
    }

    [Test]
    public void Rows_follow_each_other_and_one_that_was_taken_back_is_gone()
    {
        var pause = ControlData.Write(new Pause("user", null, null, null, null, "ops", 1));

        var paused = ControlState.Empty.With(1, [Row(pause, 1)]);
        var resumed = paused.With(2, [Row(pause with { Data = null }, 2)]);

        (paused.Pauses.Count, resumed.Pauses.Count, resumed.Version).ShouldBe((1, 0, 2L));
    }

    [Test]
    public void A_row_that_cannot_be_read_is_left_out()
    {
        var state = ControlState.Empty.With(1, [new ControlRow(ControlKinds.Pause, "x", 1, 0, "nonsense"u8.ToArray()), new ControlRow("of tomorrow", "y", 1, 0, "{}"u8.ToArray())]);

        (state.Pauses.Count, state.Version).ShouldBe((0, 1L));
    }

    [TestCase("queue", true)]
    [TestCase("execute-async", true)]
    [TestCase("cqrs", true)]
    [TestCase("kafka", true)]
    [TestCase("execute", false)]
    [TestCase("resource", false)]
    [TestCase("batch", false)]
    [TestCase("saga", false)]
    [TestCase("timer", false)]
    [TestCase("internal", false)]
    [TestCase("effect", false)]
    public void A_fence_covers_what_nobody_waits_for(string door, bool covered)
    {
        FenceRules.Covers(new HeaderWriter().Add(HeaderName.Door, door).Take()).ShouldBe(covered);
        FenceRules.Covers(new HeaderWriter().Add(HeaderName.Door, door).Add(HeaderName.Flow, "order/1").Take()).ShouldBeFalse();
        FenceRules.Covers(new HeaderWriter().Add(HeaderName.Door, door).Add(HeaderName.Replay, "commands").Take()).ShouldBeFalse();
    }

    [TestCase("https://hooks.example.com/x", null)]
    [TestCase("http://10.0.0.1:9000/x", null)]
    [TestCase("http://10.0.0.1:9001/x", "AllowedHosts")]
    [TestCase("http://example.com/x", "AllowedHosts")]
    [TestCase("http://user:secret@hooks.example.com/", "without a user")]
    [TestCase("ftp://hooks.example.com/", "http or https")]
    [TestCase("nonsense", "http or https")]
    public void Handlers_are_only_where_it_is_allowed(string url, string? why)
    {
        var refused = new HandlerOptions { AllowedHosts = ["*.example.com", "10.0.0.1:9000"] }.Refuse(url);

        if (why is null)
        {
            refused.ShouldBeNull();
        }
        else
        {
            refused.ShouldNotBeNull().ShouldContain(why);
        }
    }

    private static NamedHandler Handler(string name, long taken, params string[] types) =>
        new(name, new HandlerRow(types, $"http://{name}/", null, 1_000, taken, Active: true, null, "ops", 0));

    private static ControlRow Row(ControlWrite write, long version) => new(write.Kind, write.Name, version, write.AtMs, write.Data);
}
