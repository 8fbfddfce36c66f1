using System.Buffers.Text;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using NUnit.Framework;
using Shouldly;
using Workers.Api.Callers.Jwt;
using Workers.Contracts.Headers;
using Workers.Engine.Options;
using Workers.Tests.Time;

namespace Workers.Tests.Api;

/// <summary>Tokens of an issuer that the test itself serves.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
[Parallelizable(ParallelScope.All)]
internal sealed class JwtTests
{
    private const string Users = "/api/v1/users";

    private TokenIssuer _issuer = null!;
    private ApiServer _server = null!;

    [SetUp]
    public async Task Start()
    {
        _issuer = await TokenIssuer.StartAsync();
        _server = await ApiServer.StartAsync(new ApiOptions { Jwt = { Issuer = _issuer.Url, Audience = TokenIssuer.Audience, RolesClaim = "realm_access.roles", RolePrefix = "workers-" } });
    }

    [TearDown]
    public async Task Stop()
    {
        await _server.DisposeAsync();
        await _issuer.DisposeAsync();
    }

    [Test]
    public async Task With_an_issuer_nobody_is_let_in_without_a_credential_and_a_key_is_still_one()
    {
        (await _server.Get(Users)).Status.ShouldBe(401);
        (await _server.Get(Users, "X-Api-Key: " + _server.MakeKey("bob", ["viewer"]))).Status.ShouldBe(200);
    }

    [TestCase("RS256")]
    [TestCase("ES256")]
    public async Task A_tokens_subject_is_the_caller_and_its_roles_count(string algorithm)
    {
        var token = _issuer.Token(Roles("other", "workers-submitter"), algorithm);
        (await Post(token)).Status.ShouldBe(201);
        (await Post(token)).Status.ShouldBe(201);
        _server.Log.Records.ShouldAllBe(record => record.Headers.Get(HeaderName.Source) == "ada");
        _issuer.Asked.ShouldBe(1);

        var refused = await _server.Send(HttpMethod.Delete, "/api/v1/commands/queue", null, "Authorization: Bearer " + token);
        (refused.Status, refused["error"]).ShouldBe((403, "This needs the role operator; ada has viewer, submitter"));
    }

    [TestCase("exp", 1_000_000_000L)]
    [TestCase("exp", null)]
    [TestCase("nbf", 9_000_000_000L)]
    [TestCase("iat", 9_000_000_000L)]
    [TestCase("iss", "https://elsewhere.example")]
    [TestCase("aud", "somebody")]
    [TestCase("aud", null)]
    [TestCase("sub", "")]
    [TestCase("sub", "anonymous")]
    public async Task A_token_with_a_claim_that_is_wrong_is_401(string claim, object? value)
    {
        var claims = Roles("workers-admin");
        claims[claim] = value;
        var refused = await Post(_issuer.Token(claims));
        (refused.Status, refused.Header("WWW-Authenticate")).ShouldBe((401, "Bearer realm=\"workers\", error=\"invalid_token\""));
    }

    [TestCase("HS256")]
    [TestCase("none")]
    public async Task A_token_signed_otherwise_is_401(string algorithm) => (await Post(_issuer.Token(Roles("workers-admin"), algorithm))).Status.ShouldBe(401);

    [TestCase("""{"alg":"\ud800"}""", "{}")]
    [TestCase("""{"\ud800":1,"alg":"RS256"}""", "{}")]
    [TestCase("""{"alg":"RS256"}""", """{"iss":"\ud800"}""")]
    public async Task A_token_with_half_a_character_is_401(string header, string claims) =>
        (await Post($"{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(header))}.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(claims))}.eA")).Status.ShouldBe(401);

    [Test]
    public async Task A_changed_token_one_of_an_unknown_key_and_one_without_roles_do_not_get_in()
    {
        var parts = _issuer.Token(Roles("workers-viewer")).Split('.');
        var other = _issuer.Token(Roles("workers-admin")).Split('.');
        (await Post($"{parts[0]}.{other[1]}.{parts[2]}")).Status.ShouldBe(401);
        (await Post(_issuer.Token(Roles("workers-admin"), kid: "unknown"))).Status.ShouldBe(401);
        (await Post(_issuer.Token([]))).Status.ShouldBe(403);
        (await Post("not.a.token")).Status.ShouldBe(401);
        _issuer.Asked.ShouldBe(1, "unknown keys do not make it ask again at once");
    }

    [Test]
    public async Task While_the_issuer_is_away_and_its_keys_are_not_known_it_is_503()
    {
        var token = _issuer.Token(Roles("workers-viewer"));
        await _issuer.DisposeAsync();
        var refused = await Post(token);
        (refused.Status, refused["code"], refused["retryable"]).ShouldBe((503, "ISSUER_UNAVAILABLE", "True"));
    }

    [TestCase("{}")]
    [TestCase("[]")]
    [TestCase("""{"keys":[7]}""")]
    public async Task An_issuer_that_publishes_no_keys_is_away(string published)
    {
        _issuer.Published = published;
        (await Post(_issuer.Token(Roles("workers-viewer")))).Status.ShouldBe(503);
    }

    [Test]
    public async Task While_the_issuer_hangs_the_keys_that_are_known_count()
    {
        var clock = new FakeTimeProvider();
        using var keys = new IssuerKeys(new ApiOptions { Jwt = { Issuer = _issuer.Url } }, clock, NullLogger<IssuerKeys>.Instance);
        (await keys.FindAsync("rsa", CancellationToken.None)).ShouldHaveSingleItem();
        var opens = new TaskCompletionSource();
        _issuer.Opens = opens.Task;
        clock.Advance(TimeSpan.FromHours(2));

        var (first, second) = (keys.FindAsync("rsa", CancellationToken.None).AsTask(), keys.FindAsync("ec", CancellationToken.None).AsTask());

        (first.IsCompleted, second.IsCompleted).ShouldBe((true, true));
        (await first).ShouldHaveSingleItem();
        opens.SetResult();
    }

    [Test]
    public async Task A_bad_token_takes_from_its_addresss_bucket_once()
    {
        await using var server = await ApiServer.StartAsync(
            new ApiOptions { Jwt = { Issuer = _issuer.Url, Audience = TokenIssuer.Audience }, RateLimit = { AddressRate = 1, AddressBurst = 2 } });
        var bad = "Authorization: Bearer " + _issuer.Token(new() { ["aud"] = "somebody" });

        (await server.Get(Users, bad)).Status.ShouldBe(401);
        (await server.Get(Users, bad)).Status.ShouldBe(401);
    }

    private Task<Answer> Post(string token) => _server.Post(Users, """{"name":"Ada","email":"ada@example.org"}""", "Authorization: Bearer " + token);

    private static Dictionary<string, object?> Roles(params string[] roles) => new() { ["realm_access"] = new { roles } };
}
