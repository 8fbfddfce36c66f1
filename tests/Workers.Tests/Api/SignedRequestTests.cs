using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using NUnit.Framework;
using Shouldly;
using Workers.Contracts.Headers;
using Workers.Engine.Control;
using Workers.Engine.Identity;
using Workers.Engine.Options;

namespace Workers.Tests.Api;

/// <summary>Keys whose requests must be signed.</summary>
internal sealed class SignedRequestTests : ApiTest
{
    private const string Body = """{"name":"Ada","email":"ada@example.org"}""";
    private static readonly byte[] s_secret = RandomNumberGenerator.GetBytes(32);

    private string _key = "";

    protected override ApiOptions Options => new() { ReadTimeout = TimeSpan.FromSeconds(5) };

    [SetUp]
    public void Make()
    {
        (var id, _key) = ApiKey.Make();
        var stored = Server.Cipher.Encrypt(Encoding.UTF8.GetBytes($"\"whsec_{Convert.ToBase64String(s_secret)}\""));
        Server.PutKey(id, new KeyRow("shop", "shop", ["submitter"], ApiKey.HashOf(_key), stored, null, null, null, "a test", 1_000));
    }

    [Test]
    public async Task A_signed_request_is_served_and_its_body_arrives()
    {
        (await Post(Body, Signed("msg-1", 0, Body))).Status.ShouldBe(201);
        Encoding.UTF8.GetString(Server.Log.Records.Single(record => record.Headers.Get(HeaderName.Type) == "CreateUser").Value.Span).ShouldContain("ada@example.org");
    }

    [Test]
    public async Task One_of_several_signatures_is_enough()
    {
        var headers = Signed("msg-1", -200, Body);
        headers[2] = headers[2].Replace("v1,", "v1,AAAA v1,", StringComparison.Ordinal);
        (await Post(Body, headers)).Status.ShouldBe(201);
    }

    [Test]
    public async Task Without_a_signature_with_an_old_time_or_of_another_body_it_is_401()
    {
        (await Post(Body)).Status.ShouldBe(401);
        (await Post(Body, Signed("msg-1", -301, Body)))["error"]!.ShouldContain("five minutes");
        (await Post(Body, Signed("msg-1", 302, Body))).Status.ShouldBe(401);
        (await Post(Body + " ", Signed("msg-1", 0, Body)))["error"].ShouldBe("webhook-signature is not that of this request");
        Server.Log.Records.ShouldAllBe(record => record.Headers.Get(HeaderName.Type) != "CreateUser");
    }

    [Test]
    public async Task A_read_is_signed_over_an_empty_body()
    {
        (await Server.Get("/api/v1/users", "X-Api-Key: " + _key)).Status.ShouldBe(401);
        (await Server.Get("/api/v1/users", ["X-Api-Key: " + _key, .. Signed("msg-2", 0, "")])).Status.ShouldBe(200);
    }

    [Test]
    public async Task A_signed_request_is_served_once_and_is_no_other_request_either()
    {
        var headers = Signed("msg-1", 0, "");
        (await Server.Get("/api/v1/users", ["X-Api-Key: " + _key, .. headers])).Status.ShouldBe(200);

        var repeated = await Server.Get("/api/v1/users", ["X-Api-Key: " + _key, .. headers]);
        (repeated.Status, repeated["error"]!.Contains("served already", StringComparison.Ordinal)).ShouldBe((401, true));
        (await Server.Get("/api/v1/orders", ["X-Api-Key: " + _key, .. headers])).Status.ShouldBe(401);
        (await Server.Get("/api/v1/users", ["X-Api-Key: " + _key, .. Signed("msg-2", 0, "")])).Status.ShouldBe(200);
        (await Server.Get("/api/v1/users", ["X-Api-Key: " + _key, .. Signed("msg-1", 1, "")])).Status.ShouldBe(200, "the key's owner has signed it anew");
    }

    [Test]
    public async Task A_body_that_does_not_come_is_not_waited_for()
    {
        var address = Server.Client.BaseAddress!;
        using var client = new TcpClient();
        await client.ConnectAsync(address.Host, address.Port);
        string[] head = ["POST /api/v1/users HTTP/1.1", $"Host: {address.Authority}", "Content-Length: 40", "X-Api-Key: " + _key, .. Signed("msg-1", 0, Body), "", "{"];
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(string.Join("\r\n", head)));

        using var reader = new StreamReader(client.GetStream());
        (await reader.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(60))).ShouldBe("HTTP/1.1 408 Request Timeout");
    }

    private Task<Answer> Post(string body, params string[] headers) => Server.Post("/api/v1/users", body, ["X-Api-Key: " + _key, .. headers]);

    private static string[] Signed(string id, int seconds, string body)
    {
        var stamp = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() + seconds;
        var signature = HMACSHA256.HashData(s_secret, Encoding.UTF8.GetBytes($"{id}.{stamp}.{body}"));
        return [$"webhook-id: {id}", $"webhook-timestamp: {stamp}", $"webhook-signature: v1,{Convert.ToBase64String(signature)}"];
    }
}
