using NUnit.Framework;
using Shouldly;
using Workers.Engine.Options;

namespace Workers.Tests.Api;

/// <summary>Callers behind a proxy that nobody has named: it may stand on this machine, they do not.</summary>
internal sealed class UnknownProxyTests : ApiTest
{
    [TestCase("X-Forwarded-For: 127.0.0.1")]
    [TestCase("Forwarded: for=127.0.0.1")]
    [TestCase("X-Real-IP: 127.0.0.1")]
    [TestCase("Via: 1.1 proxy")]
    [TestCase("X-Forwarded-Host: localhost")]
    [TestCase("X-Forwarded-Proto: https")]
    [TestCase("X-Forwarded-Server: proxy")]
    public async Task Without_keys_nobody_is_served_through_it(string header)
    {
        var refused = await Server.Get("/api/v1/users", header);
        (refused.Status, refused["error"]!.Contains("TrustedProxies", StringComparison.Ordinal)).ShouldBe((403, true));
        (await Server.Get("/api/v1/users")).Status.ShouldBe(200);
    }

    [Test]
    public async Task With_a_key_they_are_served()
    {
        var key = Server.MakeKey("ada", ["viewer"]);
        (await Server.Get("/api/v1/users", "X-Api-Key: " + key, "X-Forwarded-For: 203.0.113.9")).Status.ShouldBe(200);
    }
}

/// <summary>Callers behind a proxy that is named.</summary>
internal sealed class TrustedProxyTests : ApiTest
{
    protected override ApiOptions Options => new() { TrustedProxies = ["127.0.0.0/8", "::1"], RateLimit = { AddressRate = 1, AddressBurst = 2 } };

    [Test]
    public async Task They_are_where_it_says_whatever_they_say_themselves()
    {
        (await Server.Get("/api/v1/users", "X-Forwarded-For: 127.0.0.1, 203.0.113.9"))["error"].ShouldBe("Only callers on this machine are served while there are no API keys");
        (await Server.Get("/api/v1/users")).Status.ShouldBe(200);
    }

    [Test]
    public async Task From_this_machine_they_are_served_whatever_else_it_adds()
    {
        string[] added = ["X-Forwarded-For: 127.0.0.1", "X-Forwarded-Proto: http", "Via: 1.1 proxy", "X-Real-IP: 127.0.0.1", "X-Forwarded-Server: proxy"];
        (await Server.Get("/api/v1/users", added)).Status.ShouldBe(200);
    }

    [Test]
    public async Task Each_has_a_rate_of_its_own()
    {
        Server.MakeKey("ada", ["viewer"]);
        while ((await Server.Get("/api/v1/users", "X-Forwarded-For: 203.0.113.9")).Status == 401)
        {
        }

        (await Server.Get("/api/v1/users", "X-Forwarded-For: 203.0.113.9")).Status.ShouldBe(429);
        (await Server.Get("/api/v1/users", "X-Forwarded-For: 203.0.113.10")).Status.ShouldBe(401);
    }
}

internal sealed class ProxyOptionTests
{
    [TestCase("10.0.0.7", true)]
    [TestCase("10.0.0.0/8", true)]
    [TestCase("2001:db8::/32", true)]
    [TestCase("proxy.internal", false)]
    public void A_proxy_is_an_address_or_a_network(string text, bool isOne) =>
        new ApiOptions { TrustedProxies = [text] }.Validate(null!).Any().ShouldBe(!isOne);
}
