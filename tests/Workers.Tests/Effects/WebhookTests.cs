using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using NUnit.Framework;
using Shouldly;
using Workers.Contracts.Effects;
using Workers.Engine.Options;
using Workers.Handlers.Effects.Notifications;
using Workers.Handlers.Effects.Services;
using Workers.Handlers.Effects.Webhooks;
using Workers.Tests.Time;

namespace Workers.Tests.Effects;

[Parallelizable(ParallelScope.All)]
public sealed class WebhookTests
{
    private const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    private static readonly DeliverNotification Hello = new() { NotificationId = "n1", UserId = "u1", Channel = "webhook", Title = "Hello", Message = "World" };

    // The example of the Standard Webhooks specification.
    [Test]
    public void A_signature_is_that_of_the_specification() =>
        new WebhookSigner(Secret).Sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, """{"test": 2432232314}"""u8)
            .ShouldBe("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");

    [Test]
    public void During_a_change_both_secrets_sign()
    {
        var both = new WebhookSigner(Secret, "whsec_c2Vjb25k").Sign("id", 1, "x"u8);

        both.ShouldBe($"{new WebhookSigner(Secret).Sign("id", 1, "x"u8)} {new WebhookSigner("whsec_c2Vjb25k").Sign("id", 1, "x"u8)}");
        new WebhookSigner("", "").Signs.ShouldBeFalse();
    }

    [TestCase("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")]
    [TestCase("whsec_")]
    [TestCase("whsec_?")]
    public void Another_text_is_no_secret(string text) => Should.Throw<FormatException>(() => new WebhookSigner(text));

    [Test]
    public async Task A_notification_is_posted_and_signed()
    {
        await using var server = await LocalServer.StartAsync(204);
        var clock = new FakeTimeProvider();
        using var sender = Sender(server.Url, clock: clock);

        (await sender.SendAsync(Hello, CancellationToken.None)).ShouldBe(new SendAnswer(true));

        var seen = server.Requests.ShouldHaveSingleItem();
        seen.Headers["webhook-id"].ShouldBe("n1");
        var at = clock.GetUtcNow().ToUnixTimeSeconds();
        seen.Headers["webhook-timestamp"].ShouldBe($"{at}");
        seen.Headers["webhook-signature"].ShouldBe(new WebhookSigner(Secret).Sign("n1", at, Encoding.UTF8.GetBytes(seen.Body)));
        var body = JsonDocument.Parse(seen.Body).RootElement;
        body.GetProperty("type").GetString().ShouldBe("notification");
        body.GetProperty("data").GetProperty("message").GetString().ShouldBe("World");
    }

    [Test]
    public async Task Gone_is_never_delivered()
    {
        await using var server = await LocalServer.StartAsync(410);
        using var sender = Sender(server.Url);

        (await sender.SendAsync(Hello, CancellationToken.None)).Delivered.ShouldBeFalse();
    }

    [Test]
    public async Task A_redirect_is_not_followed()
    {
        await using var server = await LocalServer.StartAsync(context =>
        {
            context.Response.Redirect("/elsewhere");
            return Task.CompletedTask;
        });
        using var sender = Sender(server.Url);

        await Should.ThrowAsync<InvalidOperationException>(() => sender.SendAsync(Hello, CancellationToken.None));
        server.Requests.Count.ShouldBe(1);
    }

    [Test]
    public async Task An_address_inside_is_refused_before_anything_is_sent()
    {
        await using var server = await LocalServer.StartAsync(204);
        using var sender = Sender(server.Url, allowPrivate: false);

        var answer = await sender.SendAsync(Hello, CancellationToken.None);

        answer.Delivered.ShouldBeFalse();
        answer.Reason!.ShouldContain("not a public address");
        server.Requests.ShouldBeEmpty();
    }

    [TestCase("127.0.0.1")]
    [TestCase("10.1.2.3")]
    [TestCase("172.31.0.1")]
    [TestCase("192.168.1.1")]
    [TestCase("169.254.169.254")]
    [TestCase("100.64.0.1")]
    [TestCase("0.0.0.0")]
    [TestCase("224.0.0.1")]
    [TestCase("255.255.255.255")]
    [TestCase("::1")]
    [TestCase("::")]
    [TestCase("fe80::1")]
    [TestCase("fd00::1")]
    [TestCase("ff02::1")]
    [TestCase("::ffff:10.0.0.1")]
    [TestCase("::10.0.0.1")]
    [TestCase("64:ff9b::a00:1")]
    [TestCase("2002:a00:1::1")]
    public void Addresses_inside(string address) => PublicAddresses.Contains(IPAddress.Parse(address)).ShouldBeFalse();

    [TestCase("93.184.215.14")]
    [TestCase("172.32.0.1")]
    [TestCase("2606:2800:220:1::1")]
    [TestCase("::ffff:93.184.215.14")]
    [TestCase("64:ff9b::5db8:d70e")]
    public void Addresses_outside(string address) => PublicAddresses.Contains(IPAddress.Parse(address)).ShouldBeTrue();

    private static WebhookSender Sender(Uri url, bool allowPrivate = true, TimeProvider? clock = null)
    {
        var time = clock ?? TimeProvider.System;
        var options = new NotificationOptions { Kind = "webhook", Url = url.AbsoluteUri, Secret = Secret, AllowPrivateAddresses = allowPrivate };
        return new WebhookSender(options, new ServicePipelines(new EffectOptions(), time, NullLogger<ServicePipelines>.Instance), time);
    }
}
