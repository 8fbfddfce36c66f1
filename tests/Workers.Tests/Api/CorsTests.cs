using NUnit.Framework;
using Shouldly;
using Workers.Engine.Options;

namespace Workers.Tests.Api;

internal sealed class CorsTests : ApiTest
{
    private const string Page = "Origin: https://shop.example";

    protected override ApiOptions Options => new() { Cors = new() { Origins = ["https://shop.example", "https://desk.example:8443"] } };

    [Test]
    public async Task A_page_that_is_named_may_ask_call_and_read_also_why_it_was_refused()
    {
        var asked = await Server.Send(HttpMethod.Options, "/api/v1/users", null, Page, "Access-Control-Request-Method: POST", "Access-Control-Request-Headers: authorization,content-type,idempotency-key");
        (asked.Status, asked.Header("Access-Control-Allow-Origin"), asked.Header("Access-Control-Allow-Methods")).ShouldBe((204, "https://shop.example", "POST"));
        asked.Header("Access-Control-Allow-Headers")!.ShouldContain("idempotency-key");

        var read = await Server.Get("/api/v1/users", Page);
        (read.Status, read.Header("Access-Control-Allow-Origin")).ShouldBe((200, "https://shop.example"));
        read.Header("Access-Control-Expose-Headers")!.ShouldContain("Retry-After");
        var refused = await Server.Post("/api/v1/users", "{", Page);
        (refused.Status, refused.Header("Access-Control-Allow-Origin")).ShouldBe((400, "https://shop.example"));
    }

    [TestCase("Origin: https://elsewhere.example")]
    [TestCase("Origin: http://shop.example")]
    [TestCase("Origin: https://desk.example")]
    [TestCase("Origin: null")]
    public async Task A_page_of_another_site_neither_writes_nor_reads(string page)
    {
        var asked = await Server.Send(HttpMethod.Options, "/api/v1/users", null, page, "Access-Control-Request-Method: POST");
        asked.Header("Access-Control-Allow-Origin").ShouldBeNull();
        (await Server.Get("/api/v1/users", page)).Header("Access-Control-Allow-Origin").ShouldBeNull();
        var refused = await Server.Post("/api/v1/users", "{}", page);
        (refused.Status, refused["error"]).ShouldBe((403, "Pages of other sites may not write"));
    }

    [TestCase("*")]
    [TestCase("shop.example")]
    [TestCase("https://shop.example/")]
    [TestCase("https://shop.example/orders")]
    [TestCase("ftp://shop.example")]
    public void What_is_no_origin_is_told(string origin) =>
        new ApiOptions { Cors = new() { Origins = [origin] } }.Validate(new(new object())).ShouldHaveSingleItem().ErrorMessage!.ShouldContain(origin);
}
