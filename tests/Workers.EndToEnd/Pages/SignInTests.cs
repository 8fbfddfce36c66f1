using NUnit.Framework;
using Shouldly;
using Workers.EndToEnd.Descriptions;

namespace Workers.EndToEnd.Pages;

/// <summary>The console where keys are needed: who comes in, and what a role may not do.</summary>
public sealed class SignInTests
{
    private static KeyedProgram s_program = null!;

    [OneTimeSetUp]
    public static async Task Start() => s_program = await KeyedProgram.StartAsync();

    [OneTimeTearDown]
    public static void Stop() => s_program.Dispose();

    [Test]
    public async Task Whoever_has_no_key_is_asked_for_one_and_led_back_to_the_page()
    {
        using var visitor = new Visitor(s_program.Api.Address);

        (await visitor.GetAsync("commands?state=FAILED")).Location.ShouldBe("./sign-in?next=commands%3Fstate%3DFAILED");
        var page = await visitor.GetAsync("sign-in?next=commands%3Fstate%3DFAILED");
        var wrong = await visitor.PostAsync("sign-in", page.Token, ("key", "wk_nonsense"));
        var right = await visitor.PostAsync("sign-in", page.Token, ("key", KeyOf(s_program.Admin)), ("next", "commands?state=FAILED"));

        wrong.Status.ShouldBe(401);
        wrong.Text.ShouldNotContain("wk_nonsense");
        right.Location.ShouldBe("./commands?state=FAILED");
        right.Headers["Set-Cookie"].ShouldContain("workers-session=");
        right.Headers["Set-Cookie"].ShouldContain("httponly", Case.Insensitive);
        right.Headers["Set-Cookie"].ShouldContain("samesite=lax", Case.Insensitive);
        right.Headers["Set-Cookie"].ShouldNotContain(KeyOf(s_program.Admin));
        (await visitor.GetAsync("commands?state=FAILED")).Status.ShouldBe(200);
    }

    [TestCase("//example.com/")]
    [TestCase("https://example.com/")]
    [TestCase("../../elsewhere")]
    [TestCase("\\\\example.com")]
    public async Task Nobody_is_led_elsewhere_after_signing_in(string next)
    {
        using var visitor = new Visitor(s_program.Api.Address);
        var page = await visitor.GetAsync("sign-in");

        (await visitor.PostAsync("sign-in", page.Token, ("key", KeyOf(s_program.Admin)), ("next", next))).Location.ShouldBe("./");
    }

    [Test]
    public async Task What_a_role_may_not_do_is_disabled_with_the_reason_and_refused_at_the_door()
    {
        using var visitor = new Visitor(s_program.Api.Address);
        await visitor.SignInAsync(KeyOf(await s_program.MakeAsync("viewer")));

        var queues = await visitor.GetAsync("queues");
        var refused = await visitor.PostAsync("queues/pause", (await visitor.GetAsync("you")).Token, ("kind", "order"), ("reason", "no"));

        queues.Text.ShouldContain("disabled");
        queues.Text.ShouldContain("needs the role operator");
        queues.Text.ShouldNotContain("action=\"./queues/pause\"");
        refused.Status.ShouldBe(303);
        (await visitor.GetAsync("queues")).Text.ShouldContain("This needs the role operator; viewer has viewer");
    }

    [Test]
    public async Task Signing_out_ends_the_session_and_a_revoked_key_opens_nothing()
    {
        using var visitor = new Visitor(s_program.Api.Address);
        await visitor.SignInAsync(KeyOf(s_program.Admin));
        var you = await visitor.GetAsync("you");
        you.Text.ShouldContain("Sign out");

        (await visitor.PostAsync("sign-out", you.Token)).Status.ShouldBe(303);
        (await visitor.GetAsync("you")).Location.ShouldStartWith("./sign-in");
        (await visitor.PostAsync("queues/pause", you.Token, ("kind", "order"))).Location.ShouldBe("../sign-in?next=you");
        (await visitor.GetAsync("sign-in?next=you")).Text.ShouldContain("Nothing was done");
    }

    private static string KeyOf((string Name, string Value) header) => header.Value["Bearer ".Length..];
}
