using NUnit.Framework;
using Shouldly;
using Workers.EndToEnd.Running;

namespace Workers.EndToEnd.Documents;

/// <summary>Document 002, repositories: its endpoints in its order, with the rules of each.</summary>
public sealed class Document002Tests
{
    private const string Users = "/api/v1/users";
    private const string Payments = "/api/v1/payments";
    private const string Orders = "/api/v1/orders";
    private const string Products = "/api/v1/products";
    private const string Repositories = "/api/v1/repositories";

    private readonly ApiClient _api = SharedProgram.Api;

    [Test]
    public async Task Users_are_made_read_changed_and_deleted()
    {
        var id = Bodies.Id("user");
        var made = await _api.PostAsync(Users, $$"""{"user_id":"{{id}}","email":"ada@example.org","name":"Ada Lovelace","age":36,"username":"ada"}""");
        (made.Status, made.Header("Location"), made.Header("ETag")).ShouldBe((201, $"{Users}/{id}", "\"1\""));

        var read = await _api.GetAsync($"{Users}/{id}");
        (read.Status, read.Text("id"), read.Text("user_id"), read.Text("name"), read.Header("ETag")).ShouldBe((200, id, id, "Ada Lovelace", "\"1\""));
        (await _api.GetAsync($"{Users}/{id}", ("If-None-Match", "\"1\""))).ShouldSatisfyAllConditions(a => a.Status.ShouldBe(304), a => a.Content.ShouldBeEmpty());

        var changed = await _api.PutAsync($"{Users}/{id}", """{"age":37,"username":null}""", ("If-Match", "\"1\""));
        (changed.Status, changed.Text("age"), changed.Text("username"), changed.Text("email")).ShouldBe((200, "37", null, "ada@example.org"));
        (await _api.PutAsync($"{Users}/{id}", """{"age":38}""", ("If-Match", "\"1\""))).Status.ShouldBe(412);
        (await Refused(_api.PutAsync($"{Users}/{id}", """{"colour":"red"}"""))).ShouldContain("colour is not known");
        (await Refused(_api.PutAsync($"{Users}/{id}", "{}"))).ShouldContain("at least one member to change is required");
        (await Refused(_api.PutAsync($"{Users}/{id}", """{"name":null}"""))).ShouldContain("name cannot be null");

        (await _api.DeleteAsync($"{Users}/{id}")).Status.ShouldBe(204);
        (await _api.DeleteAsync($"{Users}/{id}")).Status.ShouldBe(404);
        (await _api.GetAsync($"{Users}/{id}")).Text("error").ShouldBe("User not found");
        (await _api.PutAsync($"{Users}/{id}", """{"age":38}""")).Status.ShouldBe(404);
        (await _api.PostAsync(Users, $$"""{"user_id":"{{id}}","email":"ada@example.org","name":"Ada"}""")).Text("code").ShouldBe("ALREADY_EXISTS");
    }

    [TestCase("""{"email":"ada@example.org"}""", "name is required")]
    [TestCase("""{"name":"Ada"}""", "email is required")]
    [TestCase("""{"name":"Ada","email":"ada"}""", "email must be a valid e-mail address")]
    public async Task A_user_needs_a_name_and_an_address(string body, string sentence) =>
        (await Refused(_api.PostAsync(Users, body))).ShouldBe("Validation error: " + sentence);

    [Test]
    public async Task A_delete_answers_with_what_was_deleted_to_who_prefers_that()
    {
        var id = await User("Gone");

        var deleted = await _api.SendAsync(HttpMethod.Delete, $"{Users}/{id}", null, ("Prefer", "return=representation"));

        (deleted.Status, deleted.Header("Preference-Applied")).ShouldBe((200, "return=representation"));
        (deleted.Text("user_id"), deleted.Text("deleted")).ShouldBe((id, "true"));
    }

    [Test]
    public async Task Users_are_listed_in_pages_and_searched()
    {
        var name = "Zuzana" + Bodies.Id("x").Replace("-", "", StringComparison.Ordinal);
        var ids = new[] { await User(name), await User(name), await User(name) };
        await _api.UntilAsync($"{Users}?name={name}", list => list.Number("total") == 3);

        var first = await _api.GetAsync($"{Users}?name={name}&limit=2");
        var rest = await _api.GetAsync($"{Users}?name={name}&limit=2&cursor={first.Text("next_cursor")}");
        Ids(first).Concat(Ids(rest)).ShouldBe(ids.Reverse());
        Ids(await _api.GetAsync($"{Users}?name={name}&offset=1&limit=1")).ShouldBe([ids[1]]);
        Ids(await _api.GetAsync($"{Users}?name={name}&page=3&page_size=1")).ShouldBe([ids[0]]);
        (await Refused(_api.GetAsync($"{Users}?limit=1001"))).ShouldContain("from 1 to 1000");

        Ids(await _api.GetAsync($"{Users}/search?q={name[..^1]}")).ShouldBe(ids.Reverse());
        Ids(await _api.GetAsync($"{Users}/search?name={name}&email={ids[1]}@example.org")).ShouldBe([ids[1]]);
        Ids(await _api.GetAsync($"{Users}/search?q={ids[2]}@example.org")).ShouldBe([ids[2]]);
        (await Refused(_api.GetAsync($"{Users}/search?q="))).ShouldBe("Validation error: q is required");
    }

    [Test]
    public async Task Payments_are_made_read_changed_and_deleted()
    {
        var id = Bodies.Id("payment");
        var made = await _api.PostAsync(Payments, Payment(id, "user123", "100.50"));
        (made.Status, made.Header("Location"), made.Text("status"), made.Number("amount")).ShouldBe((201, $"{Payments}/{id}", "PROCESSED", 100.5m));
        (await _api.GetAsync($"{Payments}/{id}")).Text("payment_id").ShouldBe(id);

        (await _api.PutAsync($"{Payments}/{id}", """{"description":"a","metadata":{"b":"c"}}""")).Text("description").ShouldBe("a");
        (await _api.PutAsync($"{Payments}/{id}", """{"description":null}""")).Text("description").ShouldBeNull();
        foreach (var member in new[] { "\"amount\":1", "\"currency\":\"EUR\"", "\"user_id\":\"other\"", "\"status\":\"PROCESSED\"" })
        {
            (await Refused(_api.PutAsync($"{Payments}/{id}", $"{{{member}}}"))).ShouldStartWith("Validation error: " + member.Split('"')[1]);
        }

        (await Refused(_api.PutAsync($"{Payments}/{id}", """{"status":"CANCELLED"}"""))).ShouldBe("Cannot cancel processed payment");
        (await _api.DeleteAsync($"{Payments}/{id}")).Status.ShouldBe(204);
        (await _api.DeleteAsync($"{Payments}/{id}")).Status.ShouldBe(404);
        (await _api.ExecuteAsync($$"""{"type":"refund","payment_id":"{{id}}","amount":1,"reason":"late"}""")).Status.ShouldBe(404);
    }

    [Test]
    public async Task A_payment_whose_charge_is_in_flight_is_not_deleted_but_can_be_cancelled()
    {
        // The simulated gateway never answers amounts ending in .19.
        var id = Bodies.Id("payment");
        (await _api.PostAsync(Payments, Payment(id, "user123", "10.19"), ("Prefer", "respond-async"))).Status.ShouldBe(202);
        await _api.UntilAsync($"{Payments}/{id}", answer => answer.Text("status") == "PENDING");

        (await Refused(_api.DeleteAsync($"{Payments}/{id}"))).ShouldBe("Cannot delete pending payment");
        (await _api.PutAsync($"{Payments}/{id}", """{"status":"CANCELLED"}""")).Text("status").ShouldBe("CANCELLED");
        (await _api.DeleteAsync($"{Payments}/{id}")).Status.ShouldBe(204);
    }

    [Test]
    public async Task Equal_payments_and_users_without_a_key_are_as_many()
    {
        var user = Bodies.Id("user");
        var body = $$"""{"user_id":"{{user}}","amount":100.50,"currency":"USD","gateway":"stripe"}""";
        (await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => _api.PostAsync(Payments, body)))).ShouldAllBe(answer => answer.Status == 201);
        var printed = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => _api.PostAsync(Users, """{"email":"test@example.com","name":"Test User"}""")));
        printed.ShouldAllBe(answer => answer.Status == 201);
        printed.Select(answer => answer.Text("id")).Distinct().Count().ShouldBe(10);

        await _api.UntilAsync($"{Payments}/user/{user}", list => list.Number("total") == 10);
        (await _api.GetAsync($"{Payments}/user/{Bodies.Id("nobody")}")).ShouldSatisfyAllConditions(a => a.Status.ShouldBe(200), a => a.Items.ShouldBeEmpty());
    }

    [Test]
    public async Task Orders_are_made_read_changed_listed_and_deleted()
    {
        var (id, customer) = (Bodies.Id("order"), Bodies.Id("customer"));
        (await _api.PostAsync(Orders, $$"""{"order_id":"{{id}}","user_id":"{{customer}}","items":[{"product_id":"p1","quantity":2,"price":9.99}]}""")).Status.ShouldBe(201);
        (await _api.GetAsync($"{Orders}/{id}")).Number("total").ShouldBe(19.98m);
        (await _api.PutAsync($"{Orders}/{id}", """{"items":[{"product_id":"p1","quantity":1,"unit_price":9.99}],"metadata":{"a":"b"}}""")).Number("total").ShouldBe(9.99m);
        (await _api.PutAsync($"{Orders}/{id}/confirm", "")).Status.ShouldBe(200);
        (await Refused(_api.PutAsync($"{Orders}/{id}", """{"metadata":{"a":"c"}}"""))).ShouldBe("Cannot update confirmed order");
        (await Refused(_api.DeleteAsync($"{Orders}/{id}"))).ShouldBe("Cannot delete confirmed or shipped order");

        (await _api.UntilAsync($"{Orders}/user/{customer}", list => list.Items.Any(order => $"{order["status"]}" == "CONFIRMED"))).Number("total").ShouldBe(1);
        (await _api.GetAsync($"{Orders}?status=CONFIRMED&user_id={customer}")).Items.Count().ShouldBe(1);
        (await _api.GetAsync($"{Orders}/user/{Bodies.Id("nobody")}")).Items.ShouldBeEmpty();
        (await _api.PutAsync($"{Orders}/{id}/cancel", """{"reason":"no"}""")).Status.ShouldBe(200);
        (await _api.DeleteAsync($"{Orders}/{id}")).Status.ShouldBe(204);
        (await _api.GetAsync($"{Orders}/{id}")).Text("error").ShouldBe("Order not found");
    }

    [Test]
    public async Task Products_are_made_read_changed_listed_and_deleted()
    {
        var (id, category) = (Bodies.Id("product"), Bodies.Id("category"));
        var made = await _api.PostAsync(Products, $$"""{"product_id":"{{id}}","name":"Laptop","price":0,"sku":"{{id}}","category":"{{category}}"}""");
        (made.Status, made.Number("stock"), made.Number("available")).ShouldBe((201, 0, 0));
        (await _api.PostAsync(Products, $$"""{"name":"Laptop","price":1,"sku":"{{id}}"}""")).ShouldSatisfyAllConditions(
            a => a.Status.ShouldBe(409), a => a.Text("code").ShouldBe("ALREADY_EXISTS"));
        (await Refused(_api.PostAsync(Products, """{"name":"Laptop","price":-1}"""))).ShouldBe("Validation error: price must be at least 0");
        (await Refused(_api.PostAsync(Products, """{"price":1}"""))).ShouldContain("name is required");

        var counted = await _api.PutAsync($"{Products}/{id}", """{"stock":7,"reason":"stocktaking"}""");
        (counted.Status, counted.Number("stock"), counted.Number("available")).ShouldBe((200, 7, 7));
        await _api.UntilAsync($"/api/v1/commands/audit?entity_id={id}", trail => trail.Content.Contains("stocktaking", StringComparison.Ordinal));
        (await _api.UntilAsync($"{Products}/category/{category}", list => list.Items.Any(p => (int)p["stock"]! == 7))).Number("total").ShouldBe(1);
        (await _api.GetAsync($"{Products}/category/{Bodies.Id("none")}")).Items.ShouldBeEmpty();

        (await _api.PutAsync($"{Products}/{id}", """{"sku":null}""")).Text("sku").ShouldBeNull();
        (await _api.PostAsync(Products, $$"""{"name":"Laptop","price":1,"sku":"{{id}}"}""")).Status.ShouldBe(201);
        (await _api.DeleteAsync($"{Products}/{id}")).Status.ShouldBe(204);
        (await _api.GetAsync($"{Products}/{id}")).Text("error").ShouldBe("Product not found");
    }

    [Test]
    public async Task Repositories_tell_what_they_are_for()
    {
        var list = await _api.GetAsync(Repositories);
        list.Items.Select(item => $"{item["type"]}").ShouldBe(["mysql", "mongodb", "sqlite", "cached", "specification", "transactional"]);
        foreach (var item in list.Items)
        {
            var one = await _api.GetAsync($"{Repositories}/{item["type"]}");
            one.Json.ToJsonString().ShouldBe(item.ToJsonString());
            one.Text("purpose").ShouldNotBeNullOrEmpty();
            (one.Json["features"]!.AsArray().Count, one.Json["use_cases"]!.AsArray().Count).ShouldSatisfyAllConditions(n => n.Item1.ShouldBePositive(), n => n.Item2.ShouldBePositive());
        }

        var mysql = await _api.GetAsync($"{Repositories}/mysql");
        (mysql.Text("available"), mysql.Text("reason")).ShouldBe(("false", "Not configured: state is kept in sqlite; Workers:MySql:ConnectionString chooses MySQL"));
        (await _api.GetAsync($"{Repositories}/sqlite")).Text("available").ShouldBe("true");
        (await _api.GetAsync($"{Repositories}/oracle")).Status.ShouldBe(404);
    }

    [Test]
    public async Task Queries_find_count_and_sum_by_a_specification()
    {
        var user = Bodies.Id("user");
        foreach (var amount in new[] { "0.10", "0.20", "300.07" })
        {
            (await _api.PostAsync(Payments, Payment(Bodies.Id("payment"), user, amount))).Status.ShouldBe(201);
        }

        await _api.UntilAsync($"{Payments}?user_id={user}&status=PROCESSED", list => list.Number("total") == 3);
        var mine = $$"""{"field":"user_id","op":"eq","value":"{{user}}"}""";

        var found = await Query($$"""
            {"entity":"payments","where":{"and":[{{mine}},{"or":[{"field":"amount","op":"gt","value":300},{"field":"amount","op":"in","value":[0.1]}]},
             {"not":{"field":"gateway","op":"is_null"} },{"field":"currency","op":"starts_with","value":"U"}]},"order_by":"-amount","limit":10}
            """);
        found.Items.Select(item => (decimal)item["amount"]!).ShouldBe([300.07m, 0.1m]);
        var page = await Query($$"""{"entity":"payments","where":{{mine}},"order_by":["amount"],"limit":2}""");
        (page.Items.Count(), page.Number("next_offset")).ShouldBe((2, 2));
        (await Query($$"""{"entity":"payments","where":{{mine}},"order_by":["amount"],"limit":2,"offset":2}""")).Items.Count().ShouldBe(1);

        (await Query($$"""{"entity":"payments","where":{{mine}},"count":true}""")).Content.ShouldBe("""{"count":3}""");
        (await Query($$"""{"entity":"payments","where":{{mine}},"group_by":["status","currency"],"sum":["amount"]}""")).Content
            .ShouldBe("""{"groups":[{"status":"PROCESSED","currency":"USD","count":3,"sum":{"amount":300.37}}]}""");
        (await Query("""{"entity":"users","where":{"field":"name","op":"eq","value":"x' OR '1'='1"},"count":true}""")).Content.ShouldBe("""{"count":0}""");
    }

    private Task<Answer> Query(string body) => _api.PostAsync($"{Repositories}/query", body);

    private async Task<string> User(string name)
    {
        var id = Bodies.Id("user");
        (await _api.PostAsync(Users, $$"""{"user_id":"{{id}}","email":"{{id}}@example.org","name":"{{name}}"}""")).Status.ShouldBe(201);
        return id;
    }

    private static string Payment(string id, string user, string amount) =>
        $$"""{"payment_id":"{{id}}","user_id":"{{user}}","amount":{{amount}},"currency":"USD","gateway":"stripe"}""";

    private static IEnumerable<string> Ids(Answer list) => list.Items.Select(item => $"{item["id"]}");

    private static async Task<string> Refused(Task<Answer> sent)
    {
        var answer = await sent;
        (answer.Status, answer.MediaType).ShouldBe((400, "application/problem+json"), answer.ToString());
        return answer.Text("error")!;
    }
}
