using NUnit.Framework;
using Shouldly;
using Workers.Contracts.Headers;
using Workers.Engine.Control;

namespace Workers.Tests.Api;

/// <summary>Handlers of document 001, what is kept of the queries that are asked, and figures that begin anew.</summary>
internal sealed class HandlerDoorTests : ApiTest
{
    private const string Queries = "/api/v1/cqrs/queries";

    [Test]
    public async Task All_types_of_one_registration_are_appended_at_once_also_for_who_does_not_wait()
    {
        Server.Log.Execute = _ => null;
        var answer = await Server.Post("/api/v1/cqrs/handlers/commands", """{"types":["CreateUser","CreateOrder"],"reason":"a test"}""", "Prefer: respond-async");

        answer.Status.ShouldBe(202);
        Server.Log.Records.Count(record => record.Headers.Get(HeaderName.Type) == "RegisterHandler").ShouldBe(2);
        Server.Log.Appends.ShouldBe(1);
    }

    [Test]
    public async Task What_is_kept_of_a_query_is_masked()
    {
        Server.Control(ControlData.Write(ControlKinds.QueryHandler, "Scores", new HandlerRow(["Scores"], "http://127.0.0.1:9/", null, 1_000, 1, true, null, "a test", 1), 1));
        (await Server.Post(Queries, """{"type":"Scores","query_id":"q1","data":{"cvv":"123","of":[{"cvv":"456"}]}}""")).Status.ShouldBe(422);

        var kept = await Server.Get($"{Queries}/q1");
        kept["data.cvv"].ShouldBe("***");
        kept.Body.ShouldNotContain("456");
    }

    [Test]
    public async Task Resetting_the_figures_again_under_the_same_key_is_the_first_reset()
    {
        const string path = "/api/v1/commands/metrics/reset";
        (await Server.Post(path, """{"reason":"a test"}""", "Idempotency-Key: r1", "Prefer: wait=1")).Status.ShouldBe(200);

        var again = await Server.Post(path, """{"reason":"a test"}""", "Idempotency-Key: r1", "Prefer: wait=1");

        (again.Status, again.Header("Idempotent-Replayed")).ShouldBe((200, "true"));
        Server.Log.Appends.ShouldBe(1);
    }
}
