using NUnit.Framework;
using Shouldly;
using Workers.Contracts.Effects;
using Workers.Engine.Dispatch;
using Workers.Handlers.Effects.Payments;

namespace Workers.Tests.Effects;

[Parallelizable(ParallelScope.All)]
public sealed class HttpGatewayTests
{
    private static readonly ChargePayment Ten = new()
    {
        PaymentId = "p1",
        EffectId = "e1",
        Amount = 10.50m,
        Currency = "USD",
        Gateway = "acme",
        PaymentMethod = "upi",
        OrderId = "o1",
    };

    [Test]
    public async Task A_charge_is_a_post_with_its_key_and_an_amount_that_is_a_number()
    {
        await using var server = await LocalServer.StartAsync(200, """{"status":"approved","reference":"ch_1"}""");
        using var gateway = Gateway(server);

        (await gateway.ChargeAsync("e1", Ten, CancellationToken.None)).ShouldBe(new GatewayAnswer(true, "ch_1"));

        var seen = server.Requests.ShouldHaveSingleItem();
        seen.Path.ShouldBe("/v1/charges");
        seen.Headers["Idempotency-Key"].ShouldBe("e1");
        seen.Headers["Authorization"].ShouldBe("Bearer s3cret");
        seen.Body.ShouldBe("""{"payment_id":"p1","amount":10.50,"currency":"USD","payment_method":"upi","order_id":"o1"}""");
    }

    [Test]
    public async Task A_refund_names_what_it_gives_back()
    {
        await using var server = await LocalServer.StartAsync(201, """{"status":"approved","reference":"re_1"}""");
        using var gateway = Gateway(server);
        var refund = new RefundCharge { PaymentId = "p1", RefundId = "r1", Amount = 3, Currency = "USD", Gateway = "acme", GatewayReference = "ch_1" };

        (await gateway.RefundAsync("refund-rü 1", refund, CancellationToken.None)).Approved.ShouldBeTrue();

        var seen = server.Requests.ShouldHaveSingleItem();
        seen.Path.ShouldBe("/v1/refunds");
        seen.Headers["Idempotency-Key"].ShouldBe("refund-r%C3%BC%201");
        seen.Body.ShouldBe("""{"payment_id":"p1","refund_id":"r1","amount":3,"currency":"USD","reference":"ch_1"}""");
    }

    [TestCase(200, """{"status":"declined","reason":"no funds"}""", "no funds")]
    [TestCase(402, """{"reason":"card expired"}""", "card expired")]
    [TestCase(422, "no JSON", "acme answered 422")]
    [TestCase(400, "", "acme answered 400")]
    public async Task A_no_is_an_answer(int status, string body, string reason)
    {
        await using var server = await LocalServer.StartAsync(status, body);
        using var gateway = Gateway(server);

        (await gateway.ChargeAsync("e1", Ten, CancellationToken.None)).ShouldBe(new GatewayAnswer(false, Reason: reason));
    }

    [TestCase(503, "7", 7)]
    [TestCase(429, "90000", 3_600)]
    [TestCase(500, null, null)]
    [TestCase(409, null, null)]
    public async Task Not_now_is_asked_again_when_it_says(int status, string? retryAfter, int? seconds)
    {
        await using var server = await LocalServer.StartAsync(status, "", retryAfter);
        using var gateway = Gateway(server);

        var thrown = await Should.ThrowAsync<RetryLater>(async () => await gateway.ChargeAsync("e1", Ten, CancellationToken.None));

        thrown.After.ShouldBe(seconds is { } s ? TimeSpan.FromSeconds(s) : null);
    }

    [TestCase(401, "")]
    [TestCase(404, "")]
    [TestCase(302, "")]
    [TestCase(200, "{}")]
    [TestCase(200, """{"status":"pending"}""")]
    [TestCase(200, "<html>")]
    public async Task Anything_else_is_not_taken_for_an_answer(int status, string body)
    {
        await using var server = await LocalServer.StartAsync(status, body);
        using var gateway = Gateway(server);

        var thrown = await Should.ThrowAsync<Exception>(async () => await gateway.ChargeAsync("e1", Ten, CancellationToken.None));

        (thrown is InvalidOperationException or InvalidDataException).ShouldBeTrue(thrown.ToString());
    }

    private static HttpGateway Gateway(LocalServer server) => new("acme", new Uri(server.Url, "/v1"), "s3cret", TimeProvider.System);
}
