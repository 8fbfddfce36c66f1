using Confluent.Kafka;
using NUnit.Framework;
using Shouldly;
using Workers.EndToEnd.Running;
using Workers.Kafka;

namespace Workers.EndToEnd.Cluster;

/// <summary>The log on brokers that want a password and speak TLS.</summary>
[Category("Slow")]
[FixtureLifeCycle(LifeCycle.SingleInstance)]
public sealed class SecureKafkaTests
{
    private SecureBroker _broker = null!;

    [OneTimeSetUp]
    public async Task Start() => _broker = await SecureBroker.StartAsync();

    [OneTimeTearDown]
    public void Stop() => _broker?.Dispose();

    [TestCase("SASL_PLAINTEXT", "PLAIN")]
    [TestCase("SASL_SSL", "PLAIN")]
    [TestCase("SASL_PLAINTEXT", "SCRAM-SHA-256")]
    [TestCase("SASL_SSL", "SCRAM-SHA-512")]
    [TestCase("SSL", null)]
    public async Task An_order_is_done_over(string protocol, string? mechanism)
    {
        NativeClient.Load();
        if (mechanism?.StartsWith("SCRAM", StringComparison.Ordinal) == true && Library.Version < 0x02060100)
        {
            (await RefusedAsync(Environment(protocol, mechanism, SecureBroker.Password))).ShouldContain("take SCRAM only from librdkafka 2.6.1");
            return;
        }

        using var data = new DataDirectory();
        using var program = await RunningProgram.StartAsync(data.FullName, Environment(protocol, mechanism, SecureBroker.Password));

        (await program.Api.PostAsync("/api/v1/products", Bodies.Product("p", 5))).Status.ShouldBe(201);
        (await program.Api.PostAsync("/api/v1/orders", Bodies.Order("o", "p", 12.5m))).Status.ShouldBe(201);

        await program.Api.UntilAsync("/api/v1/commands/sagas/o", flow => flow.Text("state") == "Confirmed");
        (program.Output + program.Error).ShouldNotContain(SecureBroker.Password);
    }

    [TestCase("SASL_PLAINTEXT", "PLAIN", "Authentication failed: Invalid username or password", "correct Workers:Kafka:SecurityProtocol, SaslMechanism, SaslUsername, SaslPassword")]
    [TestCase("SASL_SSL", "SCRAM-SHA-256", "due to invalid credentials with SASL mechanism SCRAM-SHA-256", "SaslPassword")]
    public async Task A_wrong_password_is_one_sentence_without_it(string protocol, string mechanism, string cause, string remedy)
    {
        const string wrong = "wr0ng-password";

        var sentence = await RefusedAsync(Environment(protocol, mechanism, wrong));

        sentence.ShouldContain(cause);
        sentence.ShouldContain(remedy);
        sentence.ShouldNotContain(wrong);
    }

    [Test]
    public async Task An_authority_that_is_not_trusted_is_one_sentence()
    {
        var environment = Environment("SSL", null, "");
        environment.Remove("Workers__Kafka__SslCaLocation");

        (await RefusedAsync(environment)).ShouldContain("SslCaLocation");
    }

    private async Task<string> RefusedAsync(Dictionary<string, string> environment)
    {
        using var data = new DataDirectory();
        var ended = await RunningProgram.RunAsync(data.FullName, environment: environment);
        ended.ExitCode.ShouldBe(5, ended.Output + ended.Error);
        ended.Output.ShouldNotContain(environment["Workers__Kafka__SaslPassword"] is { Length: > 0 } secret ? secret : "\0");
        var sentence = ended.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries).ShouldHaveSingleItem();
        sentence.ShouldStartWith($"error: Kafka at {environment["Workers__Kafka__BootstrapServers"]} refuses the connection (");
        return sentence;
    }

    private Dictionary<string, string> Environment(string protocol, string? mechanism, string password) => new()
    {
        ["Workers__Log"] = "kafka",
        ["Workers__Store"] = "sqlite",
        ["Workers__Kafka__BootstrapServers"] = _broker.Address(protocol),
        ["Workers__Kafka__Prefix"] = $"s{Guid.NewGuid():N}"[..10] + ".",
        ["Workers__Kafka__Partitions"] = "1",
        ["Workers__Kafka__SecurityProtocol"] = protocol.ToLowerInvariant(),
        ["Workers__Kafka__SaslMechanism"] = mechanism ?? "PLAIN",
        ["Workers__Kafka__SaslUsername"] = mechanism is null ? "" : SecureBroker.User,
        ["Workers__Kafka__SaslPassword"] = password,
        ["Workers__Kafka__SslCaLocation"] = protocol.EndsWith("SSL", StringComparison.Ordinal) ? _broker.Authority : "",
    };
}
