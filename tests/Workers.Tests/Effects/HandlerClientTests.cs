using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using NUnit.Framework;
using Shouldly;
using Workers.Contracts.Commands;
using Workers.Contracts.Effects;
using Workers.Engine.Control;
using Workers.Engine.Effects;
using Workers.Engine.Encryption;
using Workers.Engine.Options;
using Workers.Handlers.Effects.Outside;
using Workers.Handlers.Effects.Services;
using Workers.Handlers.Effects.Webhooks;
using Workers.Handlers.Projections;

namespace Workers.Tests.Effects;

/// <summary>What is read of the answers of handlers outside, and where they may be.</summary>
[Parallelizable(ParallelScope.All)]
public sealed class HandlerClientTests
{
    private static readonly SensitiveNames Names = new(["card_number"]);
    private static readonly DataCipher Cipher = new([DataKey.Make()], Names);

    [Test]
    public async Task An_answer_longer_than_the_limit_is_not_read_and_the_command_is_given_up()
    {
        await using var server = await LocalServer.StartAsync(200, new string('a', WebhookPost.MaxAnswer + 1));

        (await Should.ThrowAsync<EffectAbandoned>(() => CallAsync(server, "{}"))).Code.ShouldBe("HANDLER_ANSWER_TOO_LONG");
    }

    [Test]
    public async Task An_answer_of_just_the_limit_is_the_result()
    {
        await using var server = await LocalServer.StartAsync(200, new string('a', WebhookPost.MaxAnswer));

        (await CallAsync(server, "{}")).Result!.Length.ShouldBe(WebhookPost.MaxAnswer + 2);
    }

    [TestCase("""{"paid":true,"card_number":"4111"}""", """{"paid":true,"card_number":"***"}""")]
    [TestCase("""[{"card_number":4111},7]""", """[{"card_number":"***"},7]""")]
    [TestCase("17", "17")]
    [TestCase("", null)]
    public async Task A_handler_that_tells_what_it_was_told_does_not_have_it_written_down(string told, string? kept)
    {
        await using var server = await LocalServer.StartAsync(200, told);
        (await CallAsync(server, "{}")).Result.ShouldBe(kept?.Replace("***", Sensitive.Hidden, StringComparison.Ordinal));
    }

    [Test]
    public async Task A_handler_gets_in_plain_what_its_echo_does_not_show()
    {
        await using var server = await LocalServer.StartAsync(context => context.Response.WriteAsync("""{"card_number":"4111"}"""));
        var kept = System.Text.Encoding.UTF8.GetString(Cipher.Protect("""{"card_number":"4111"}"""u8.ToArray(), null));

        var record = await CallAsync(server, kept);

        server.Requests.ShouldHaveSingleItem().Body.ShouldContain("\"4111\"");
        record.Result.ShouldNotBeNull().ShouldNotContain("4111");
    }

    [Test]
    public async Task A_host_that_only_a_wildcard_covers_is_not_called_inside()
    {
        await using var server = await LocalServer.StartAsync(204);
        var inside = new UriBuilder(server.Url) { Host = "127.0.0.1" }.Uri;

        // The last part of an address is matched as that of a name is.
        var refused = await Should.ThrowAsync<EffectAbandoned>(() => CallAsync(server, "{}", "*.0.0.1"));

        (refused.Code, refused.Message.Contains("not a public address", StringComparison.Ordinal)).ShouldBe(("HANDLER_NOT_FOUND", true));
        server.Requests.ShouldBeEmpty();
        (await CallAsync(server, "{}", "*.0.0.1", $"{inside.Host}:{inside.Port}")).Outcome.ShouldBe("SUCCEEDED");
    }

    [Test]
    public async Task An_id_of_other_letters_goes_into_the_header_encoded_and_is_signed_so()
    {
        await using var server = await LocalServer.StartAsync(204);
        using var post = new WebhookPost(new HandlerOptions { AllowedHosts = [server.Url.Host] }, TimeProvider.System);

        using var answer = await post.SendAsync(server.Url.AbsoluteUri, "é 1", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "{}"u8.ToArray(), CancellationToken.None);

        var headers = server.Requests.ShouldHaveSingleItem().Headers;
        headers["webhook-id"].ShouldBe("%C3%A9%201");
        headers["webhook-signature"].ShouldBe(new WebhookSigner("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").Sign("%C3%A9%201", long.Parse(headers["webhook-timestamp"], System.Globalization.CultureInfo.InvariantCulture), "{}"u8));
    }

    private static async Task<RecordHandled> CallAsync(LocalServer server, string data, params string[] allowed)
    {
        var options = new HandlerOptions { AllowedHosts = allowed is [] ? [server.Url.Host] : allowed };
        options.Refuse(server.Url.AbsoluteUri).ShouldBeNull();
        using var post = new WebhookPost(options, TimeProvider.System);
        var services = new ServicePipelines(new EffectOptions(), TimeProvider.System, NullLogger<ServicePipelines>.Instance);
        var client = new HandlerClient(services, post, Cipher, new SensitiveMask(Names), TimeProvider.System);
        var row = new HandlerRow(["MakeReport"], server.Url.AbsoluteUri, null, 60_000, 1, true, null, "a test", 1);
        var call = new CallHandler { CommandId = "c", CommandKey = "k", CommandType = "MakeReport", Handler = "reports", Data = data };
        return await client.CallAsync(call, row, 1, CancellationToken.None);
    }
}
