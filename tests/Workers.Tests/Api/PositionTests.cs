using System.Text;
using NUnit.Framework;
using Shouldly;
using Workers.Contracts;
using Workers.Contracts.Headers;

namespace Workers.Tests.Api;

/// <summary>An operator sets where a group reads on.</summary>
internal sealed class PositionTests : ApiTest
{
    private const string Path = "/api/v1/commands/partitions/commands/workers.commands/1";

    [Test]
    public async Task A_position_is_set_after_the_audit_trail_was_told()
    {
        var answer = await Server.Put(Path, """{"position":0,"reason":"lost with broker 3"}""");

        answer.Status.ShouldBe(200, answer.Body);
        (answer["before"], answer["position"], Server.State.SetTo).ShouldBe(("1", "0", 0L));
        var told = Server.Log.Records.ShouldHaveSingleItem();
        (told.Topic, told.Key).ShouldBe((Topics.Events, "commands:workers.commands-1"));
        told.Headers.Get(HeaderName.Reason).ShouldBe("lost with broker 3");
        Encoding.UTF8.GetString(told.Value.Span).ShouldContain("""{"before":1,"position":0}""");
    }

    [TestCase("", 400, "position is required")]
    [TestCase("""{"position":0}""", 400, "reason must be between 1 and 1000 characters")]
    [TestCase("""{"position":-1,"reason":"r"}""", 400, "position must be a whole number from 0")]
    [TestCase("""{"position":2,"reason":"r"}""", 400, "position must be from 0 to 1, where the log of workers.commands-1 ends")]
    public async Task What_cannot_be_meant_is_refused(string body, int status, string sentence)
    {
        var answer = await Server.Put(Path, body);

        answer.Status.ShouldBe(status, answer.Body);
        answer["error"]!.ShouldContain(sentence);
        Server.State.SetTo.ShouldBeNull();
        Server.Log.Records.ShouldBeEmpty();
    }

    [TestCase("/api/v1/commands/partitions/cooks/workers.commands/1")]
    [TestCase("/api/v1/commands/partitions/commands/workers.commands/7")]
    [TestCase("/api/v1/commands/partitions/commands/workers.commands/x")]
    public async Task Who_does_not_read_there_has_no_position(string path) =>
        (await Server.Put(path, """{"position":0,"reason":"r"}""")).Status.ShouldBe(404);

    [Test]
    public async Task Without_the_log_nothing_is_set()
    {
        Server.Log.IsAway = true;

        (await Server.Put(Path, """{"position":0,"reason":"r"}""")).Status.ShouldBe(503);

        Server.State.SetTo.ShouldBeNull();
    }
}
