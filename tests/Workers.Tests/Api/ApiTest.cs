using NUnit.Framework;
using Workers.Engine.Options;

namespace Workers.Tests.Api;

/// <summary>A server of its own for each test.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
[Parallelizable(ParallelScope.All)]
internal abstract class ApiTest
{
    protected const string Payment = """{"user_id":"u1","amount":100.50,"currency":"USD","payment_method":"card","gateway":"stripe","description":"Test payment"}""";

    protected const string Order =
        """
        {"customer_id":"c1","items":[{"product_id":"p1","sku":"SKU-001","quantity":2,"unit_price":29.99}],
         "shipping_address":{"street":"123 Main St","city":"Springfield","state":"IL","zip":"62701","country":"US"}}
        """;

    protected ApiServer Server { get; private set; } = null!;

    protected virtual ApiOptions Options => new();

    [SetUp]
    public async Task Start() => Server = await ApiServer.StartAsync(Options);

    [TearDown]
    public async Task Stop() => await Server.DisposeAsync();

    protected static string WithId(string body, string id) => body.Trim()[..^1] + $",\"command_id\":\"{id}\"}}";
}
