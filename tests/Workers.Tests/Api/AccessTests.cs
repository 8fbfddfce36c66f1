using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Routing;
using NUnit.Framework;
using Shouldly;
using Workers.Contracts.Commands;
using Workers.Contracts.Events;
using Workers.Contracts.Headers;
using Workers.Engine.Control;
using Workers.Engine.Identity;
using Workers.Engine.Log;
using Workers.Engine.Options;
using Workers.Engine.Store;

namespace Workers.Tests.Api;

/// <summary>Who may: keys and their roles.</summary>
internal sealed partial class AccessTests : ApiTest
{
    private const string Users = "/api/v1/users";

    [Test]
    public async Task While_no_key_was_made_callers_of_this_machine_may_do_everything()
    {
        (await Server.Get(Users)).Status.ShouldBe(200);
        (await Server.Get("/api/v1/keys")).Json.GetProperty("total").GetInt32().ShouldBe(0);
    }

    [Test]
    public async Task From_the_first_key_on_nobody_is_let_in_without_one_also_when_it_is_revoked()
    {
        var key = Server.MakeKey("ada", ["viewer"]);

        var anonymous = await Server.Get(Users);
        (anonymous.Status, anonymous["code"], anonymous.Header("WWW-Authenticate")).ShouldBe((401, "UNAUTHORIZED", "Bearer realm=\"workers\""));
        (await Server.Get(Users, "Authorization: Bearer " + key)).Status.ShouldBe(200);
        (await Server.Get(Users, "X-Api-Key: " + key)).Status.ShouldBe(200);
        (await Server.Get("/health/live")).Status.ShouldBe(200);

        Server.PutKey(key.Split('_')[1], null);
        (await Server.Get(Users, "X-Api-Key: " + key)).Status.ShouldBe(401);
        (await Server.Get(Users)).Status.ShouldBe(401);
    }

    [TestCase("wk_0123456789abcdef_0123456789012345678901234567890123456789012")]
    [TestCase("wk_0123456789abcdef_short")]
    [TestCase("")]
    [TestCase("nonsense")]
    public async Task What_opens_nothing_is_401(string text)
    {
        Server.MakeKey("ada", ["viewer"]);
        var refused = await Server.Get(Users, "X-Api-Key: " + text);
        refused.Status.ShouldBe(401);
    }

    [Test]
    public async Task A_key_with_another_secret_or_after_its_end_or_beside_another_is_401()
    {
        var (key, old) = (Server.MakeKey("ada", ["viewer"]), Server.MakeKey("bob", ["admin"], expiresMs: 2_000));

        (await Server.Get(Users, $"X-Api-Key: {key[..^2]}{(key[^2] == 'x' ? 'y' : 'x')}{key[^1]}")).Status.ShouldBe(401);
        (await Server.Get(Users, "X-Api-Key: " + old))["error"].ShouldBe("The API key bob has expired");
        (await Server.Get(Users, "X-Api-Key: " + key, "Authorization: Bearer " + key)).Status.ShouldBe(401);
    }

    [Test]
    public async Task Several_keys_of_one_owner_live_side_by_side_and_are_the_same_caller()
    {
        string[] keys = [Server.MakeKey("shop", ["submitter"]), Server.MakeKey("shop", ["submitter"])];
        foreach (var key in keys)
        {
            (await Server.Post("/api/v1/commands/execute", WithId(Payment.Insert(1, "\"type\":\"ProcessPayment\","), "pay-1"), "X-Api-Key: " + key)).Status.ShouldBe(200);
        }

        Server.Log.Records.Where(record => record.Headers.Get(HeaderName.Type) == "ProcessPayment").Select(record => record.Headers.Get(HeaderName.Source)).ShouldAllBe(caller => caller == "shop");
        Server.Log.Records.Select(record => record.Headers.Get(HeaderName.CallerKey)).OfType<string>().Distinct().ShouldHaveSingleItem();
    }

    /// <summary>Each endpoint by each role: the ones it takes get in, the others are told which it takes, and nobody gets in without a key.</summary>
    [Test]
    public async Task Every_endpoint_says_which_roles_it_takes_and_takes_no_others()
    {
        var keys = Roles.Names.ToDictionary(name => name, name => Server.MakeKey(name, [name]));
        var served = 0;
        foreach (var endpoint in Server.Endpoints)
        {
            var (needs, method) = (endpoint.Metadata.GetRequiredMetadata<Needs>().AnyOf, endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()!.HttpMethods[0]);
            var path = Parameter().Replace(endpoint.RoutePattern.RawText!, "command-events-0");
            if (needs != Role.None)
            {
                (await Server.Send(new HttpMethod(method), path, null)).Status.ShouldBe(401, path);
            }

            foreach (var (name, key) in keys)
            {
                var answer = await Server.Send(new HttpMethod(method), path, null, "X-Api-Key: " + key);
                var takes = needs == Role.None || (Roles.Granted([name]) & needs) != 0;
                (answer.Status is 401 or 403).ShouldBe(!takes, $"{method} {path} {name}: {answer.Body}");
                if (!takes)
                {
                    answer["error"]!.ShouldContain(Roles.Said(needs));
                }

                served++;
            }
        }

        served.ShouldBeGreaterThan(200);
    }

    [TestCase("""{"type":"system","action":"ping"}""", "submitter", 200)]
    [TestCase("""{"type":"system","action":"pause_queue"}""", "submitter", 403)]
    [TestCase("""{"type":"system","action":"pause_queue"}""", "submitter,operator", 200)]
    [TestCase("""{"type":"system","action":"cleanup"}""", "submitter,operator", 403)]
    [TestCase("""{"type":"system","action":"cleanup"}""", "admin", 200)]
    [TestCase("""{"type":"refund","action":"reject","payment_id":"p","refund_id":"r"}""", "submitter", 403)]
    public async Task What_has_a_door_of_its_own_needs_the_same_role_as_a_command(string body, string roles, int status)
    {
        var key = Server.MakeKey("ada", roles.Split(','));
        (await Server.Post("/api/v1/commands/execute", body, "X-Api-Key: " + key)).Status.ShouldBe(status);
    }

    [Test]
    public async Task A_key_is_made_over_HTTP_shown_once_and_only_its_hash_is_appended()
    {
        Server.Log.Execute = Work;
        var made = await Server.Post("/api/v1/keys", """{"name":"ci","roles":["submitter","viewer"],"expires_at":"2999-01-01T00:00:00Z","reason":"the build"}""");
        var key = made["key"]!;

        (made.Status, made["owner"], made.Header("Location"), made.Header("Cache-Control")).ShouldBe((201, "ci", $"/api/v1/keys/{made["id"]}", "no-store"));
        (await Server.Get(Users, "X-Api-Key: " + key)).Status.ShouldBe(200);
        Server.Log.Records.Select(record => Encoding.UTF8.GetString(record.Value.Span)).ShouldAllBe(text => !text.Contains(key.Substring(20)));

        var admin = Server.MakeKey("root", ["admin"]);
        var list = await Server.Get("/api/v1/keys", "X-Api-Key: " + admin);
        (list["total"], list.Body.Contains(key.Substring(20)), list.Body.Contains(ApiKey.HashOf(key))).ShouldBe(("2", false, false));
        (await Server.Send(HttpMethod.Delete, $"/api/v1/keys/{made["id"]}", null, "X-Api-Key: " + admin)).Status.ShouldBe(200);
        Server.Log.Records[^1].Headers.Get(HeaderName.Source).ShouldBe("root");
    }

    [TestCase("""{"roles":["viewer"]}""", "name")]
    [TestCase("""{"name":"x"}""", "roles")]
    [TestCase("""{"name":"x","roles":["cook"]}""", "roles")]
    [TestCase("""{"name":"x","roles":[]}""", "roles")]
    [TestCase("""{"name":"anonymous","roles":["viewer"]}""", "name")]
    [TestCase("""{"name":"x","roles":["viewer"],"expires_at":"2001-01-01T00:00:00Z"}""", "expires_at")]
    public async Task A_key_that_makes_no_sense_is_refused(string body, string member)
    {
        var refused = await Server.Post("/api/v1/keys", body);
        (refused.Status, refused.Json.GetProperty("errors").TryGetProperty(member, out _)).ShouldBe((400, true), refused.Body);
    }

    [Test]
    public async Task When_a_key_was_used_is_told_once_an_hour()
    {
        var key = Server.MakeKey("ada", ["viewer"]);
        for (var i = 0; i < 5; i++)
        {
            await Server.Get(Users, "X-Api-Key: " + key);
        }

        Server.Log.Records.Count(record => record.Headers.Get(HeaderName.Type) == nameof(RecordKeyUse)).ShouldBe(1);
    }

    [Test]
    public async Task Who_is_turned_away_is_in_the_audit_trail_but_not_each_of_a_flood()
    {
        Server.MakeKey("ada", ["viewer"]);
        for (var i = 0; i < 20; i++)
        {
            await Server.Get(Users, "X-Api-Key: wrong", "User-Agent: a guesser");
        }

        var told = Server.Log.Records.Where(record => record.Headers.Get(HeaderName.Type) == nameof(AuditRecorded)).ToList();
        told.Count.ShouldBeInRange(5, 10);
        var entry = JsonSerializer.Deserialize<JsonElement>(told[0].Value.Span);
        (entry.GetProperty("entity_type").GetString(), entry.GetProperty("action").GetString()).ShouldBe(("access", "denied"));
        entry.GetProperty("changes").GetProperty("route").GetString().ShouldBe(Users);
        told[0].Headers.Get(HeaderName.UserAgent).ShouldBe("a guesser");
        told[0].Headers.Get(HeaderName.ClientAddress).ShouldNotBeNull();
        told[0].Headers.Get(HeaderName.Reason)!.ShouldContain("not known");
    }

    private Outcome? Work(LogRecord record)
    {
        if (record.Headers.Get(HeaderName.Type) == nameof(CreateKey))
        {
            var made = JsonSerializer.Deserialize<JsonElement>(record.Value.Span);
            var roles = made.GetProperty("roles").EnumerateArray().Select(role => role.GetString()!).ToList();
            var name = made.GetProperty("name").GetString()!;
            Server.PutKey(record.Key, new KeyRow(name, name, roles, made.GetProperty("hash").GetString()!, null, null, null, null, "ada", 1_000));
        }

        return Outcomes.Succeeded(record, "{}");
    }

    [GeneratedRegex(@"\{[^}]+\}")]
    private static partial Regex Parameter();
}

internal sealed class NamedAnonymousTests : ApiTest
{
    protected override ApiOptions Options => new() { Anonymous = ["viewer"] };

    [Test]
    public async Task Roles_that_are_named_for_callers_without_a_key_hold_also_beside_keys()
    {
        Server.MakeKey("ada", ["admin"]);
        (await Server.Get("/api/v1/users")).Status.ShouldBe(200);
        (await Server.Post("/api/v1/users", "{}")).Status.ShouldBe(403);
    }
}

internal sealed class KeyRateTests : ApiTest
{
    protected override ApiOptions Options => new() { RateLimit = { KeyRate = 1, KeyBurst = 3, AddressRate = 1, AddressBurst = 5 } };

    [Test]
    public async Task A_key_has_a_bucket_of_its_own_and_bad_credentials_take_from_their_addresss()
    {
        var (one, other) = (Server.MakeKey("ada", ["viewer"]), Server.MakeKey("bob", ["viewer"]));
        Answer last;
        while ((last = await Server.Get("/api/v1/users", "X-Api-Key: " + one)).Status == 200)
        {
            last.Header("RateLimit-Policy").ShouldBe("\"key\";q=3;w=3");
        }

        last.Status.ShouldBe(429);
        while ((last = await Server.Get("/api/v1/users", "X-Api-Key: wk_wrong")).Status == 401)
        {
            last.Header("RateLimit-Policy").ShouldBe("\"address\";q=5;w=5");
        }

        last.Status.ShouldBe(429);
        (await Server.Get("/metrics", "X-Api-Key: wk_wrong")).Status.ShouldBe(429);
        (await Server.Get("/api/v1/users", "X-Api-Key: " + other)).Status.ShouldBe(200);
    }
}
