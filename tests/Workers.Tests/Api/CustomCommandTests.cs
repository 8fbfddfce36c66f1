using System.Text;
using NUnit.Framework;
using Shouldly;
using Workers.Engine.Control;

namespace Workers.Tests.Api;

/// <summary>Commands of a type that only a registered handler knows.</summary>
internal sealed class CustomCommandTests : ApiTest
{
    private const string Commands = "/api/v1/commands";

    [SetUp]
    public void Register() =>
        Server.Control(ControlData.Write(ControlKinds.Handler, "reports", new HandlerRow(["MakeReport"], "http://localhost/", null, 1_000, 0, Active: true, null, "ops", 0), 0));

    [TestCase("""{"type":"MakeReport","data":[1]}""", "data")]
    [TestCase("""{"type":"MakeReport","data":"may"}""", "data")]
    [TestCase("""{"type":"MakeReport","data":{"a":1},"b":2}""", "b")]
    [TestCase("""{"type":"MakeReport","data":{"metadata":1},"metadata":{}}""", "metadata")]
    [TestCase("""{"type":"MakeReport","command_id":5,"data":{}}""", "command_id")]
    [TestCase("""{"type":"MakeReport","key":"a/b"}""", "key")]
    [TestCase("""{"type":"MakeReport","user_id":{}}""", "user_id")]
    public async Task What_would_get_lost_is_refused(string body, string member)
    {
        var answer = await Server.Post(Commands + "/execute", body);

        (answer.Status, answer["code"]).ShouldBe((400, "VALIDATION"), answer.Body);
        answer.Json.GetProperty("errors").EnumerateObject().Select(error => error.Name).ShouldBe([member]);
        Server.Log.Records.ShouldBeEmpty();
    }

    [TestCase("""{"type":"\ud800"}""")]
    [TestCase("""{"type":"MakeReport","data":{"a":"\ud800"}}""")]
    public async Task Half_a_character_is_refused(string body) => (await Server.Post(Commands + "/execute", body))["code"].ShouldBe("MALFORMED");

    [Test]
    public async Task Data_are_passed_on_as_they_are()
    {
        await Server.Post(Commands + "/execute", """{"type":"MakeReport","data":{"b":{"d":1.50,"c":[true,null]},"a":"ä"},"metadata":{"m":"n"}}""");
        await Server.Post(Commands + "/execute", """{"type":"MakeReport","month":"may","user_id":"ada"}""");

        Server.Log.Records.Select(record => Encoding.UTF8.GetString(record.Value.Span))
            .ShouldBe(["""{"a":"ä","b":{"c":[true,null],"d":1.50},"metadata":{"m":"n"}}""", """{"month":"may","user_id":"ada"}"""]);
    }

    [Test]
    public async Task A_repeat_may_be_written_otherwise()
    {
        await Server.Post(Commands + "/execute", """{"type":"MakeReport","command_id":"r1","data":{"a":1,"b":2}}""");

        var repeat = await Server.Post(Commands + "/execute", """{ "data": { "b": 2, "a": 1 }, "command_id": "r1", "type": "MakeReport" }""");

        (repeat.Status, repeat.Header("Idempotent-Replayed")).ShouldBe((200, "true"), repeat.Body);
    }

    [Test]
    public async Task One_that_is_wrong_fails_alone_in_its_batch()
    {
        var batch = await Server.Post(Commands + "/execute-batch", """[{"type":"MakeReport","key":"a/b"},{"type":"MakeReport","data":{}}]""");

        (batch.Status, batch["items.0.status"], batch["items.1.status"]).ShouldBe((200, "400", "200"));
    }

    [Test]
    public async Task It_has_one_kind_wherever_it_is_shown()
    {
        Server.Log.Execute = _ => null;
        var accepted = await Server.Post(Commands + "/execute-async", """{"type":"MakeReport","command_id":"r1","data":{}}""");

        var found = await Server.Get(accepted.Header("Location")!);

        (accepted["kind"], found["kind"], found["type"]).ShouldBe(("system", "system", "MakeReport"));
    }
}
