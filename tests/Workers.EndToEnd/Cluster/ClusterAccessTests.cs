using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Confluent.Kafka;
using NUnit.Framework;
using Shouldly;
using Workers.EndToEnd.Running;
using Workers.Kafka;

namespace Workers.EndToEnd.Cluster;

/// <summary>
/// Who may, what is encrypted, and document 001, in the cluster's shape: the door and the workers are processes apart, on MySQL, Kafka and MongoDB.
/// </summary>
[Category("Slow")]
[FixtureLifeCycle(LifeCycle.SingleInstance), Parallelizable(ParallelScope.Self)]
public sealed class ClusterAccessTests
{
    private const string Card = "4111-PLANTED-1111";

    private readonly Dictionary<string, (string, string)> _keys = [];
    private readonly DataDirectory _secrets = new();
    private TokenIssuer _issuer = null!;
    private Cluster _cluster = null!;
    private ApiClient _api = null!;
    private string _signing = "";

    [OneTimeSetUp]
    public async Task Start()
    {
        var keys = Path.Combine(_secrets.FullName, "keys");
        await File.WriteAllTextAsync(keys, $"k1:{Convert.ToBase64String(RandomNumberGenerator.GetBytes(32))}\n");
        _issuer = await TokenIssuer.StartAsync();
        _cluster = await Cluster.StartAsync(
            ClusterServers.WithMongoDb() with
            {
                More = new Dictionary<string, string>
                {
                    ["Workers__Encryption__KeyFile"] = keys,
                    ["Workers__Api__Jwt__Issuer"] = _issuer.Url,
                    ["Workers__Api__Jwt__Audience"] = "workers",
                },
            },
            "api", "commands,sagas,effects,projections,audit");
        _api = (await _cluster.Door.Present).Api;
        var admin = ("Authorization", "Bearer " + _issuer.Token("root", "admin"));
        foreach (var role in (string[])["viewer", "submitter", "operator", "admin", "signed"])
        {
            var isSigned = role == "signed";
            var made = await _api.PostAsync(
                "/api/v1/keys", $$"""{"name":"{{role}}","roles":["{{(isSigned ? "submitter" : role)}}"],"signed":{{(isSigned ? "true" : "false")}}}""", admin);
            made.Status.ShouldBe(201, made.ToString());
            _keys[role] = ("X-Api-Key", made.Text("key")!);
            _signing = made.Text("signing_secret") ?? _signing;
        }
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        if (_cluster is not null)
        {
            await _cluster.DisposeAsync();
        }

        if (_issuer is not null)
        {
            await _issuer.DisposeAsync();
        }

        _secrets.Dispose();
    }

    [TestCase("GET", "/api/v1/users/nobody", null, "viewer submitter operator admin")]
    [TestCase("POST", "/api/v1/commands/execute", """{"type":"system","action":"ping"}""", "submitter admin")]
    [TestCase("POST", "/api/v1/commands/queues/inventory/resume", "", "operator admin")]
    [TestCase("DELETE", "/api/v1/commands/history", null, "admin")]
    public async Task A_key_opens_what_its_role_says(string method, string path, string? body, string roles)
    {
        (await _api.SendAsync(new HttpMethod(method), path, body)).Status.ShouldBe(401);
        foreach (var role in (string[])["viewer", "submitter", "operator", "admin"])
        {
            var answer = await _api.SendAsync(new HttpMethod(method), path, body, _keys[role]);
            answer.Status.ShouldBeOneOf(roles.Split(' ').Contains(role) ? [200, 202, 404] : [403]);
        }
    }

    [Test]
    public async Task A_token_opens_what_its_roles_say_and_its_subject_is_who_has_done_it()
    {
        var (id, ada) = (Bodies.Id("token"), ("Authorization", "Bearer " + _issuer.Token("ada", "submitter")));
        (await _api.PostAsync("/api/v1/users", User(id), ada)).Status.ShouldBe(201);
        (await _api.PostAsync("/api/v1/commands/queues/inventory/resume", "", ada)).Status.ShouldBe(403);
        (await _api.GetAsync("/api/v1/users/" + id, ("Authorization", "Bearer " + _issuer.Token("ada", "submitter") + "x"))).Status.ShouldBe(401);
        await _api.UntilAsync($"/api/v1/commands/audit?entity_id={id}", list => list.Items.Any(entry => entry["actor"]!.ToString() == "ada"), _keys["viewer"]);
    }

    [Test]
    public async Task A_key_that_demands_it_takes_signed_requests_alone()
    {
        var body = User(Bodies.Id("signed"));
        (await _api.PostAsync("/api/v1/users", body, _keys["signed"])).Status.ShouldBe(401);
        var stamp = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var mac = HMACSHA256.HashData(Convert.FromBase64String(_signing["whsec_".Length..]), Encoding.UTF8.GetBytes($"msg-1.{stamp}.{body}"));
        (string, string)[] signed = [_keys["signed"], ("webhook-id", "msg-1"), ("webhook-timestamp", stamp), ("webhook-signature", "v1," + Convert.ToBase64String(mac))];
        (await _api.PostAsync("/api/v1/users", body + " ", signed)).Status.ShouldBe(401);
        (await _api.PostAsync("/api/v1/users", body, signed)).Status.ShouldBe(201);
    }

    [Test]
    public async Task What_is_sensitive_is_encrypted_on_the_way_and_shown_nowhere()
    {
        var id = Bodies.Id("hidden");
        var made = await _api.PostAsync("/api/v1/users", $$$"""{"user_id":"{{{id}}}","name":"Ada","email":"ada@example.org","metadata":{"card_number":"{{{Card}}}"}}""", _keys["submitter"]);
        made.Status.ShouldBe(201, made.ToString());
        foreach (var path in (string[])[$"/api/v1/users/{id}", $"/api/v1/commands?key={id}", $"/api/v1/commands/audit?entity_id={id}"])
        {
            var answer = await _api.UntilAsync(path, one => one.Status == 200 && one.Content.Contains(id, StringComparison.Ordinal), _keys["admin"]);
            answer.Content.ShouldNotContain("PLANTED");
            answer.Content.ShouldContain("***");
        }

        var inLog = Sent(id);
        (inLog.Contains(id, StringComparison.Ordinal), inLog.Contains("PLANTED", StringComparison.Ordinal), inLog.Contains("enc:v1:k1:", StringComparison.Ordinal)).ShouldBe((true, false, true));
    }

    [Test]
    public async Task Document_001_works_with_keys()
    {
        var id = Guid.NewGuid().ToString();
        (await _api.PostAsync("/api/v1/cqrs/commands", $$$"""{"type":"CreateUser","data":{"user_id":"{{{id}}}","name":"John Doe","email":"john@example.com","age":30}}""", _keys["viewer"])).Status.ShouldBe(403);
        var sent = await _api.PostAsync("/api/v1/cqrs/commands", $$$"""{"type":"CreateUser","data":{"user_id":"{{{id}}}","name":"John Doe","email":"john@example.com","age":30}}""", _keys["submitter"]);
        sent.Status.ShouldBe(202, sent.ToString());
        await _api.UntilAsync($"/api/v1/cqrs/commands/{sent.Text("id")}", one => one.Text("status") is "COMPLETED" or "SUCCEEDED", _keys["viewer"]);
        var asked = await _api.PostAsync("/api/v1/cqrs/queries", $$$"""{"type":"GetUser","data":{"id":"{{{id}}}"}}""", _keys["submitter"]);
        (asked.Status, asked.Json["result"]?["name"]?.ToString()).ShouldBe((200, "John Doe"), asked.ToString());
        await _api.UntilAsync($"/api/v1/cqrs/read-models/{id}", one => one.Status == 200, _keys["viewer"]);
        (await _api.GetAsync("/api/v1/cqrs/health", _keys["viewer"])).Status.ShouldBe(200);
    }

    /// <summary>What the topic of commands has of a key.</summary>
    private string Sent(string key)
    {
        NativeClient.Load();
        using var consumer = new ConsumerBuilder<string, byte[]>(new ConsumerConfig
        {
            BootstrapServers = _cluster.Kafka,
            GroupId = $"reader-{Guid.NewGuid():N}",
            AutoOffsetReset = AutoOffsetReset.Earliest,
            EnableAutoCommit = false,
        }).Build();
        consumer.Subscribe(_cluster.NameOf("workers.commands"));
        for (var looks = 0; looks < 60; looks++)
        {
            if (consumer.Consume(TimeSpan.FromSeconds(1)) is { } found && found.Message.Key == key)
            {
                return found.Message.Key + Encoding.UTF8.GetString(found.Message.Value);
            }
        }

        return "";
    }

    private static string User(string id) => $$"""{"user_id":"{{id}}","name":"Ada","email":"ada@example.org"}""";
}
