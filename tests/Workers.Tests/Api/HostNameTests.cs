using NUnit.Framework;
using Shouldly;
using Workers.Engine.Options;

namespace Workers.Tests.Api;

/// <summary>Callers without a key, who are let in, under a name that leads here.</summary>
internal sealed class HostNameTests : ApiTest
{
    protected override ApiOptions Options => new() { Anonymous = ["admin"] };

    [TestCase("127.0.0.1", 200)]
    [TestCase("10.1.2.3:8080", 200)]
    [TestCase("[2001:db8::1]:8080", 200)]
    [TestCase("localhost:8080", 200)]
    [TestCase("api:8080", 200)]
    [TestCase("evil.example", 403)]
    [TestCase("10.1.2.3.evil.example", 403)]
    public async Task Only_a_name_that_another_site_cannot_have_is_served(string host, int status)
    {
        var answer = await Server.Get("/api/v1/users", "Host: " + host);

        answer.Status.ShouldBe(status, answer.Body);
        if (status == 403)
        {
            answer["error"]!.ShouldContain("Workers:Api:Hosts");
        }
    }

    [Test]
    public async Task With_a_key_and_for_a_probe_the_name_does_not_matter()
    {
        var key = Server.MakeKey("ada", ["viewer"]);

        (await Server.Get("/api/v1/users", "Host: shop.example", "X-Api-Key: " + key)).Status.ShouldBe(200);
        (await Server.Get("/health/live", "Host: shop.example")).Status.ShouldBe(200);
    }
}

/// <summary>The same where names are configured.</summary>
internal sealed class ConfiguredHostNameTests : ApiTest
{
    protected override ApiOptions Options => new() { Anonymous = ["admin"], Hosts = ["shop.example"] };

    [TestCase("SHOP.example", 200)]
    [TestCase("127.0.0.1", 200)]
    [TestCase("localhost", 200)]
    [TestCase("api", 403)]
    [TestCase("evil.example", 403)]
    public async Task Only_these_are_served(string host, int status) => (await Server.Get("/api/v1/users", "Host: " + host)).Status.ShouldBe(status);
}
