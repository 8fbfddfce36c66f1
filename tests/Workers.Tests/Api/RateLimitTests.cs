using NUnit.Framework;
using Shouldly;
using Workers.Engine.Options;

namespace Workers.Tests.Api;

internal sealed class RateLimitTests : ApiTest
{
    protected override ApiOptions Options => new() { RateLimit = { Anonymous = true, AddressRate = 1, AddressBurst = 30 } };

    [Test]
    public async Task Beyond_the_burst_the_answer_is_429_and_says_when_to_come_again()
    {
        Answer answer;
        var served = 0;
        while ((answer = await Server.Get("/api/v1/users")).Status == 200)
        {
            served++;
            answer.Header("RateLimit-Policy").ShouldBe("\"address\";q=30;w=30");
            answer.Header("RateLimit")!.ShouldStartWith("\"address\";r=");
        }

        served.ShouldBeGreaterThanOrEqualTo(30);
        answer.Status.ShouldBe(429);
        answer["code"].ShouldBe("RATE_LIMITED");
        answer["error"].ShouldBe("Too many requests: 1 a second are served for one address, 30 at once");
        answer["retryable"].ShouldBe("True");
        answer.Header("Retry-After").ShouldBe("1");
        answer.Header("RateLimit").ShouldBe("\"address\";r=0;t=30");
    }

    [Test]
    public async Task An_error_says_how_the_caller_stands_too()
    {
        var missing = await Server.Get("/api/v1/users/nobody");
        missing.Status.ShouldBe(404);
        missing.Header("RateLimit")!.ShouldStartWith("\"address\";r=29");
    }

    [Test]
    public async Task Probes_are_not_counted()
    {
        for (var i = 0; i < 40; i++)
        {
            (await Server.Get("/health/ready")).Header("RateLimit").ShouldBeNull();
        }

        (await Server.Get("/api/v1/users")).Header("RateLimit").ShouldStartWith("\"address\";r=29");
    }
}

internal sealed class UnlimitedTests : ApiTest
{
    [Test]
    public async Task Who_is_let_in_without_a_key_is_not_limited() => (await Server.Get("/api/v1/users")).Header("RateLimit").ShouldBeNull();
}
