using System.Text;
using System.Text.Json.Nodes;
using NUnit.Framework;
using Shouldly;
using Workers.EndToEnd.Running;

namespace Workers.EndToEnd;

/// <summary>API keys in the real program: made before it serves, asked by every role, revoked, and no secret left lying about.</summary>
[TestFixture]
public sealed class KeyTests
{
    private const string Card = "4111-PLANTED-1111";
    private const string Webhook = "whsec_UExBTlRFRC1QTEFOVEVELVBMQU5URUQtUExBTlRFRA==";

    [Test]
    public async Task Keys_open_what_their_roles_say_until_they_are_revoked_and_no_secret_is_left_in_a_file()
    {
        using var data = new DataDirectory();
        var admin = Made(await RunningProgram.AloneAsync(data.FullName, "keys", "create", "--name", "root", "--roles", "admin", "--json"));
        using var program = await RunningProgram.StartAsync(data.FullName, new Dictionary<string, string>
        {
            ["Workers__Handlers__AllowedHosts"] = "127.0.0.1",
            ["Workers__Api__TrustedProxies"] = "127.0.0.0/8",
        });
        await program.Api.UntilAsync("/health/ready", answer => answer.Status == 200);
        var keys = new Dictionary<string, string> { ["admin"] = admin };
        foreach (var role in (string[])["viewer", "submitter", "operator"])
        {
            keys[role] = Made(await program.AskAsync("keys", "create", "--name", role, "--roles", role, "--expires", "1d", "--json"));
        }

        await Every_role_may_what_it_may(program.Api, keys);
        await Secrets_are_not_answered(program.Api, admin);

        var listed = await program.AskAsync("keys", "list", "--json");
        JsonNode.Parse(listed.Output)!.AsArray().Count.ShouldBe(4);
        (await program.AskAsync("keys", "revoke", keys["viewer"].Split('_')[1], "--reason", "the end")).ExitCode.ShouldBe(0);
        (await program.Api.GetAsync("/api/v1/users", ("X-Api-Key", keys["viewer"]))).Status.ShouldBe(401);
        (await program.Api.GetAsync("/api/v1/keys", ("X-Api-Key", keys["submitter"]), ("X-Forwarded-For", "198.51.100.1, 203.0.113.9, 127.0.0.2"))).Status.ShouldBe(403);
        await program.Api.UntilAsync(
            "/api/v1/commands/audit?entity_type=access&limit=1000", answer => answer.Items.Any(entry => entry["action"]!.ToString() == "denied" && entry.ToJsonString().Contains("203.0.113.9", StringComparison.Ordinal)),
            ("X-Api-Key", admin));
        await program.Api.UntilAsync(
            "/api/v1/commands/audit?entity_type=access&limit=1000", answer => answer.Items.Any(entry => entry["action"]!.ToString() == "allowed"), ("X-Api-Key", admin));
        (await program.TerminateAsync()).ExitCode.ShouldBe(0);

        string[] secrets = [Card, Webhook[6..], .. keys.Values.Select(key => key.Split('_', 3)[2])];
        foreach (var text in Directory.EnumerateFiles(data.FullName, "*", SearchOption.AllDirectories).Select(file => Encoding.Latin1.GetString(File.ReadAllBytes(file))).Append(program.Output + program.Error))
        {
            secrets.Where(secret => text.Contains(secret, StringComparison.Ordinal)).ShouldBeEmpty();
        }
    }

    private static async Task Every_role_may_what_it_may(ApiClient api, Dictionary<string, string> keys)
    {
        (HttpMethod Method, string Path, string? Body, string Roles)[] operations =
        [
            (HttpMethod.Get, "/api/v1/users", null, "viewer submitter operator admin"),
            (HttpMethod.Get, "/metrics", null, "viewer submitter operator admin"),
            (HttpMethod.Get, "/api/v1/feeds/order-events", null, "viewer submitter operator admin"),
            (HttpMethod.Post, "/api/v1/users", """{"name":"Ada","email":"ada@example.org"}""", "submitter admin"),
            (HttpMethod.Post, "/api/v1/commands/execute", """{"type":"system","action":"ping"}""", "submitter admin"),
            (HttpMethod.Post, "/api/v1/commands/execute", """{"type":"system","action":"cleanup"}""", "admin"),
            (HttpMethod.Post, "/api/v1/commands/queues/notification/pause", null, "operator admin"),
            (HttpMethod.Post, "/api/v1/commands/queues/notification/resume", null, "operator admin"),
            (HttpMethod.Delete, "/api/v1/commands/queue", null, "operator admin"),
            (HttpMethod.Delete, "/api/v1/commands/history", null, "admin"),
            (HttpMethod.Get, "/api/v1/keys", null, "admin"),
        ];
        foreach (var (method, path, body, roles) in operations)
        {
            (await api.SendAsync(method, path, body)).Status.ShouldBe(401, path);
            foreach (var (role, key) in keys)
            {
                var answer = await api.SendAsync(method, path, body, ("Authorization", "Bearer " + key));
                answer.Status.ShouldBeOneOf(roles.Split(' ').Contains(role) ? [200, 201, 202] : [403]);
            }
        }

        (await api.GetAsync("/health")).Status.ShouldBe(200);
    }

    private static async Task Secrets_are_not_answered(ApiClient api, string admin)
    {
        (string, string) header = ("X-Api-Key", admin);
        var made = await api.PostAsync("/api/v1/users", $$$"""{"user_id":"planted","name":"Ada","email":"ada@example.org","metadata":{"card_number":"{{{Card}}}"}}""", header);
        var registered = await api.PostAsync(
            "/api/v1/commands/handlers/planted/register", $$"""{"types":["Planted"],"url":"http://127.0.0.1:9/","secret":"{{Webhook}}"}""", header);
        (made.Status, registered.Status).ShouldBe((201, 201), registered.ToString());
        foreach (var path in (string[])["/api/v1/users/planted", "/api/v1/commands", "/api/v1/commands/audit", "/api/v1/commands/handlers/planted", "/api/v1/feeds/command-events?limit=1000"])
        {
            // Followers write lists behind the answer.
            var answer = await api.UntilAsync(path, one => one.Status != 200 || one.Content.Contains("planted", StringComparison.OrdinalIgnoreCase), header);
            (answer.Status, answer.Content.Contains("PLANTED", StringComparison.Ordinal), answer.Content.Contains(Webhook[6..], StringComparison.Ordinal)).ShouldBe((200, false, false), path);
        }
    }

    private static string Made(Ended made)
    {
        made.ExitCode.ShouldBe(0, made.Error);
        return JsonNode.Parse(made.Output)!["key"]!.ToString();
    }
}
