using System.Text;
using NUnit.Framework;
using Shouldly;
using Workers.Contracts.Headers;
using Workers.Engine.Projections;
using Workers.Engine.Store;

namespace Workers.Tests.Api;

internal sealed class ResourceTests : ApiTest
{
    [Test]
    public async Task A_new_order_is_201_with_its_place_tag_and_exact_body()
    {
        Server.Log.Execute = record => Outcomes.Succeeded(record, $$"""{"order_id":"{{record.Key}}","order_number":"ORD-1","status":"CREATED"}""");
        var answer = await Server.Post("/api/v1/orders", Order);
        var record = Server.Log.Records.Single();
        answer.Status.ShouldBe(201);
        answer.Header("Location").ShouldBe("/api/v1/orders/" + record.Key);
        answer.Header("ETag").ShouldBe("\"1\"");
        answer.Body.ShouldBe($$"""{"order_id":"{{record.Key}}","order_number":"ORD-1","status":"CREATED"}""");
        record.Headers.Get(HeaderName.Door).ShouldBe("resource");
    }

    [Test]
    public async Task The_tag_is_the_bodys_version()
    {
        Server.Log.Execute = record => Outcomes.Succeeded(record, """{"id":"p","items":[{"version":9}],"version":2}""");
        (await Server.Post("/api/v1/payments", Payment)).Header("ETag").ShouldBe("\"2\"");
    }

    [TestCase("confirm", null, "ConfirmOrder")]
    [TestCase("deliver", null, "DeliverOrder")]
    [TestCase("cancel", """{"reason":"changed my mind"}""", "CancelOrder")]
    [TestCase("ship", """{"tracking_number":"1Z","carrier":"UPS"}""", "ShipOrder")]
    [TestCase("cancel?reason=late", null, "CancelOrder")]
    public async Task Orders_are_moved_on_by_put(string action, string? body, string type)
    {
        (await Server.Put("/api/v1/orders/o1/" + action, body)).Status.ShouldBe(200);
        var record = Server.Log.Records.Single();
        record.Headers.Get(HeaderName.Type).ShouldBe(type);
        record.Key.ShouldBe("o1");
    }

    [Test]
    public async Task A_cancellation_needs_a_reason() =>
        (await Server.Put("/api/v1/orders/o1/cancel", "{}"))["error"].ShouldBe("Validation error: Cancellation reason is required");

    [Test]
    public async Task If_match_goes_with_the_command_and_is_412_where_no_version_can_match()
    {
        await Server.Put("/api/v1/users/u1", """{"name":"Ann Lee"}""", "If-Match: \"3\"");
        Server.Log.Records.Single().Headers.Get(HeaderName.ExpectedVersion).ShouldBe("3");
        (await Server.Put("/api/v1/users/u1", """{"name":"Ann Lee"}""", "If-Match: \"abc\"")).Status.ShouldBe(412);
    }

    [Test]
    public async Task Deleting_is_204_or_200_with_what_was_done()
    {
        Server.Log.Execute = record => Outcomes.Succeeded(record, """{"user_id":"u1","deleted":true}""");
        var deleted = await Server.Send(HttpMethod.Delete, "/api/v1/users/u1", null);
        deleted.Status.ShouldBe(204);
        deleted.Body.ShouldBeEmpty();
        var shown = await Server.Send(HttpMethod.Delete, "/api/v1/users/u1", null, "Prefer: return=representation");
        shown.Status.ShouldBe(200);
        shown["deleted"].ShouldBe("True");
        shown.Header("Preference-Applied").ShouldBe("return=representation");
    }

    [Test]
    public async Task One_is_read_from_its_state_with_its_tag()
    {
        Server.State.States[new StateKey("product", "p1")] = Row("""{"product_id":"p1"}""", 4);
        var found = await Server.Get("/api/v1/products/p1");
        found["product_id"].ShouldBe("p1");
        found.Header("ETag").ShouldBe("\"4\"");
        (await Server.Get("/api/v1/products/p1", "If-None-Match: \"4\"")).Status.ShouldBe(304);
        (await Server.Get("/api/v1/products/p1", "If-None-Match: \"3\"")).Status.ShouldBe(200);
        (await Server.Get("/api/v1/products/p2"))["error"].ShouldBe("Product not found");
    }

    [Test]
    public async Task A_deleted_order_is_404_but_for_its_history_if_asked_for()
    {
        var key = new StateKey("order", "o1");
        Server.State.States[key] = Row("""{"deleted":true}""", 2);
        Server.State.History.AddRange([Event(key, 1, "OrderCreated"), Event(key, 2, "OrderDeleted")]);
        (await Server.Get("/api/v1/orders/o1")).Status.ShouldBe(404);
        (await Server.Get("/api/v1/orders/o1/events")).Status.ShouldBe(404);
        var events = await Server.Get("/api/v1/orders/o1/events?include_deleted=true&limit=1");
        events["items.0.type"].ShouldBe("OrderCreated");
        events["items.0.version"].ShouldBe("1");
        var rest = await Server.Get($"/api/v1/orders/o1/events?include_deleted=true&limit=1&cursor={events["next_cursor"]}");
        rest["items.0.type"].ShouldBe("OrderDeleted");
        rest["next_cursor"].ShouldBeNull();
    }

    [TestCase("version=1", 200, "first")]
    [TestCase("version=2", 200, "second")]
    [TestCase("version=3", 404, null)]
    [TestCase("version=0", 400, null)]
    [TestCase("at=1970-01-01T00:00:01.500Z", 200, "first")]
    [TestCase("at=1970-01-01T00:00:00.500Z", 404, null)]
    [TestCase("at=yesterday", 400, null)]
    public async Task One_is_read_as_it_was_by_a_version_or_a_time(string query, int status, string? name)
    {
        var key = new StateKey("order", "o1");
        Server.State.States[key] = Row("""{"name":"second"}""", 2);
        Server.State.History.AddRange(
        [
            Event(key, 1, "OrderCreated") with { Data = """{"name":"first"}"""u8.ToArray() },
            Event(key, 2, "OrderUpdated") with { Data = """{"name":"second"}"""u8.ToArray(), AtMs = 2_000 },
        ]);
        var was = await Server.Get("/api/v1/orders/o1?" + query);
        was.Status.ShouldBe(status);
        was["name"].ShouldBe(name);
    }

    [Test]
    public async Task An_earlier_version_is_folded_once_and_a_deletion_hides_it_all_the_same()
    {
        var key = new StateKey("order", "o1");
        Server.State.States[key] = Row("""{"name":"second"}""", 2);
        Server.State.History.AddRange([Event(key, 1, "OrderCreated") with { Data = """{"name":"first"}"""u8.ToArray() }, Event(key, 2, "OrderUpdated")]);
        (await Server.Get("/api/v1/orders/o1?version=1"))["name"].ShouldBe("first");

        Server.State.History.Clear();
        (await Server.Get("/api/v1/orders/o1?version=1"))["name"].ShouldBe("first");

        Server.State.States[key] = Row("""{"deleted":true}""", 3);
        (await Server.Get("/api/v1/orders/o1?version=1")).Status.ShouldBe(404);
    }

    [Test]
    public async Task A_history_is_of_one_type_if_asked_for_and_hides_what_is_sensitive()
    {
        var key = new StateKey("order", "o1");
        Server.State.States[key] = Row("{}", 2);
        Server.State.History.AddRange([Event(key, 1, "OrderCreated") with { Data = """{"cvv":"123"}"""u8.ToArray() }, Event(key, 2, "OrderConfirmed")]);
        (await Server.Get("/api/v1/orders/o1/events?type=OrderConfirmed"))["items.0.version"].ShouldBe("2");
        (await Server.Get("/api/v1/orders/o1/events"))["items.0.data.cvv"].ShouldBe("***");
    }

    [TestCase("/api/v1/payments/user/u1", "PaymentReadModel", "user_id", "u1")]
    [TestCase("/api/v1/orders/user/u1", "OrderReadModel", "user_id", "u1")]
    [TestCase("/api/v1/products/category/garden", "ProductReadModel", "category", "garden")]
    [TestCase("/api/v1/payments?order_id=o1", "PaymentReadModel", "order_id", "o1")]
    [TestCase("/api/v1/users/search?email=a@b.example", "UserReadModel", "email", "a@b.example")]
    public async Task Lists_are_pages_of_read_models(string path, string model, string field, string value)
    {
        Server.Models.Models.Add(new ReadModel(model, "x", 1, false, 0, 0, """{"id":"x"}"""u8.ToArray(), new Dictionary<string, string>(), []));
        var list = await Server.Get(path);
        list["items.0.id"].ShouldBe("x");
        list["next_cursor"].ShouldBe("next");
        list["total"].ShouldBe("1");
        Server.Models.Asked!.Type.ShouldBe(model);
        Server.Models.Asked.Filters.ShouldBe(new Dictionary<string, string> { [field] = value });
    }

    [TestCase("/api/v1/orders?colour=red", "colour")]
    [TestCase("/api/v1/users?q=ann", "q")]
    [TestCase("/api/v1/commands?typo=x", "typo")]
    [TestCase("/api/v1/commands/audit/range?since=1", "since")]
    [TestCase("/api/v1/commands/sagas?kind=order", "kind")]
    [TestCase("/api/v1/commands/dead-letters?topic=x", "topic")]
    public async Task A_filter_that_a_list_does_not_have_is_refused_with_those_it_has(string path, string name)
    {
        var refused = await Server.Get(path);
        refused.Status.ShouldBe(400);
        refused["errors." + name + ".0"].ShouldStartWith($"{name} is no filter of this list; it takes ");
    }

    [TestCase("gzip")]
    [TestCase("br")]
    public async Task Long_answers_are_compressed_for_who_takes_it_and_short_ones_never(string encoding)
    {
        Server.State.States[new StateKey("order", "long")] = Row($$"""{"name":"{{new string('é', 600)}}"}""", 1);
        Server.State.States[new StateKey("order", "short")] = Row("""{"name":"é"}""", 1);
        var (lengthy, brief, plain) = (
            await Server.Get("/api/v1/orders/long", "Accept-Encoding: " + encoding), await Server.Get("/api/v1/orders/short", "Accept-Encoding: " + encoding),
            await Server.Get("/api/v1/orders/long"));
        lengthy.Header("Content-Encoding").ShouldBe(encoding);
        lengthy.Header("Vary").ShouldBe("Accept-Encoding");
        brief.Header("Content-Encoding").ShouldBeNull();
        brief["name"].ShouldBe("é");
        plain.Header("Content-Encoding").ShouldBeNull();
    }

    [Test]
    public async Task A_search_needs_something_to_search_for()
    {
        (await Server.Get("/api/v1/users/search?q=")).Status.ShouldBe(400);
        (await Server.Get("/api/v1/users/search")).Status.ShouldBe(400);
        (await Server.Get("/api/v1/users/search?q=ann")).Status.ShouldBe(200);
        Server.Models.Asked!.Text.ShouldBe("ann");
    }

    private static StateRow Row(string json, long version) => new(version, Encoding.UTF8.GetBytes(json), 0);

    private static EventRow Event(StateKey key, long version, string type) => new(version, key, version, type, 1, 1_000, Guid.Empty, "{}"u8.ToArray());
}
