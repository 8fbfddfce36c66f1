using NUnit.Framework;
using Shouldly;

namespace Workers.Tests.Api;

/// <summary>What is wrong with a query is told with where it stands.</summary>
internal sealed class RepositoryQueryTests : ApiTest
{
    [TestCase("""{}""", "entity")]
    [TestCase("""{"entity":"accounts"}""", "entity")]
    [TestCase("""{"entity":"users","wher":{}}""", "wher")]
    [TestCase("""{"entity":"users","where":[]}""", "where")]
    [TestCase("""{"entity":"users","where":{}}""", "where")]
    [TestCase("""{"entity":"users","where":{"and":[],"or":[]}}""", "where")]
    [TestCase("""{"entity":"users","where":{"and":[]}}""", "where.and")]
    [TestCase("""{"entity":"users","where":{"and":[{"not":{"field":"password","op":"eq","value":"x"}}]}}""", "where.and[0].not.field")]
    [TestCase("""{"entity":"users","where":{"field":"name","op":"like","value":"x"}}""", "where.op")]
    [TestCase("""{"entity":"users","where":{"field":"name","op":"eq"}}""", "where.value")]
    [TestCase("""{"entity":"users","where":{"field":"name","op":"eq","value":null}}""", "where.value")]
    [TestCase("""{"entity":"users","where":{"field":"name","op":"eq","value":"\u0000"}}""", "where.value")]
    [TestCase("""{"entity":"users","where":{"field":"name","op":"eq","value":"x","or":1}}""", "where.or")]
    [TestCase("""{"entity":"users","where":{"field":"age","op":"contains","value":1}}""", "where.op")]
    [TestCase("""{"entity":"users","where":{"field":"age","op":"gt","value":1.5}}""", "where.value")]
    [TestCase("""{"entity":"users","where":{"field":"age","op":"gt","value":1e300}}""", "where.value")]
    [TestCase("""{"entity":"users","where":{"field":"age","op":"in","value":[]}}""", "where.value")]
    [TestCase("""{"entity":"users","where":{"field":"age","op":"in","value":[1,"2"]}}""", "where.value[1]")]
    [TestCase("""{"entity":"users","where":{"field":"age","op":"is_null","value":1}}""", "where.value")]
    [TestCase("""{"entity":"payments","where":{"field":"amount","op":"eq","value":1.005}}""", "where.value")]
    [TestCase("""{"entity":"payments","where":{"field":"created_at","op":"gt","value":"yesterday"}}""", "where.value")]
    [TestCase("""{"entity":"payments","order_by":"-nothing"}""", "order_by")]
    [TestCase("""{"entity":"payments","order_by":[]}""", "order_by")]
    [TestCase("""{"entity":"payments","limit":1001}""", "limit")]
    [TestCase("""{"entity":"payments","count":true,"limit":1}""", "limit")]
    [TestCase("""{"entity":"payments","group_by":["created_at"]}""", "group_by")]
    [TestCase("""{"entity":"payments","sum":["status"]}""", "sum")]
    [TestCase("""{"entity":"payments","sum":["amount","amount"]}""", "sum")]
    public async Task A_wrong_query_is_refused(string body, string where)
    {
        var answer = await Server.Post("/api/v1/repositories/query", body);

        answer.Status.ShouldBe(400, answer.Body);
        answer.Json.GetProperty("errors").EnumerateObject().Select(error => error.Name).ShouldBe([where], answer.Body);
    }

    [Test]
    public async Task A_query_is_neither_too_deep_nor_too_long()
    {
        const string leaf = """{"field":"name","op":"eq","value":"x"}""";
        var deep = Enumerable.Range(0, 10).Aggregate(leaf, (inner, _) => $$"""{"not":{{inner}}}""");

        (await Query(deep)).ShouldStartWith("Validation error: where.not.not");
        (await Query($$"""{"or":[{{string.Join(',', Enumerable.Repeat(leaf, 100))}}]}""")).ShouldContain("at most 100 are taken");
    }

    private async Task<string> Query(string where) => (await Server.Post("/api/v1/repositories/query", $$"""{"entity":"users","where":{{where}}}"""))["error"]!;
}
