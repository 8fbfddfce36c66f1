using System.Text.Json.Nodes;
using NUnit.Framework;
using Shouldly;
using Workers.EndToEnd.Descriptions;
using Workers.EndToEnd.Running;

namespace Workers.EndToEnd.Pages.Browser;

/// <summary>The console by the hands of each role, in a real browser and behind a proxy with a prefix: what each is offered, is refused with the reason, and gets done.</summary>
[FixtureLifeCycle(LifeCycle.SingleInstance)]
public sealed class RoleTests
{
    private static readonly string[] s_pages = ["", "commands", "dead-letters", "flows", "queues", "schedules", "schedules/new", "workers", "audit", "you", "keyboard"];

    private KeyedProgram _program = null!;
    private PrefixProxy _proxy = null!;
    private Chromium _browser = null!;

    private ApiClient Api => _program.Api;

    [OneTimeSetUp]
    public async Task Start()
    {
        _browser = await Chromium.StartAsync();
        _program = await KeyedProgram.StartAsync();
        _proxy = await PrefixProxy.StartAsync(Api.Address);
        await Api.PostAsync("/api/v1/commands/queues/notification/pause", """{"reason":"quarter end"}""", _program.Admin);
        (await Api.PostAsync("/api/v1/commands/queue", Notification("waits"), _program.Admin)).Status.ShouldBe(202);
        await Api.UntilAsync("/api/v1/commands/waits", found => found.Status == 200, _program.Admin);
        await Api.PostAsync("/api/v1/commands/schedule", """{"schedule_id":"nightly","cron":"0 30 2 * * ?","command":{"type":"CreateUser","name":"Nightly","email":"nightly@example.com"}}""", _program.Admin);
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }

        if (_proxy is not null)
        {
            await _proxy.DisposeAsync();
        }

        _program?.Dispose();
    }

    /// <summary>What each is offered on the pages where something can be done, and what of it is disabled, with the role that is missing.</summary>
    [TestCase("viewer", new string[0], new[] { "Cancel", "Cancel all that wait…", "Clear the queue", "Edit", "New schedule", "Pause order", "Resume" })]
    [TestCase("submitter", new[] { "Cancel" }, new[] { "Cancel all that wait…", "Clear the queue", "Edit", "New schedule", "Pause order", "Resume" })]
    [TestCase("operator", new[] { "Cancel", "Cancel all that wait…", "Clear the queue", "Pause order", "Resume" }, new[] { "Edit", "New schedule" })]
    [TestCase("submitter,operator", new[] { "Cancel", "Cancel all that wait…", "Clear the queue", "Edit", "New schedule", "Pause order", "Resume" }, new string[0])]
    [TestCase("admin", new[] { "Cancel", "Cancel all that wait…", "Clear the queue", "Edit", "New schedule", "Pause order", "Resume" }, new string[0])]
    public async Task A_role_sees_every_page_and_is_offered_what_it_may_do(string roles, string[] offered, string[] refused)
    {
        await using var tab = await SignedInAsync(roles);
        var (can, cannot) = (new HashSet<string>(), new Dictionary<string, string>());
        var waiting = (await Api.GetAsync("/api/v1/commands/waits", _program.Admin)).Text("id");
        foreach (var path in s_pages.Append($"commands/{waiting}").Append("schedules/nightly"))
        {
            await tab.GoAsync(At(path));
            (await tab.SeeAsync("document.querySelector('h1').textContent"))!.ToString().ShouldNotBe("That did not work", path);
            can.UnionWith((await tab.SeeAsync("[...document.querySelectorAll('main .button, main form button')].filter(one => !one.disabled).map(one => one.textContent)"))!.AsArray().Select(one => one!.ToString()));
            foreach (var one in (await tab.SeeAsync("[...document.querySelectorAll('main .denied')].map(one => [one.querySelector('button').textContent, one.querySelector('small').textContent])"))!.AsArray())
            {
                cannot[one![0]!.ToString()] = one[1]!.ToString();
            }
        }

        offered.ShouldBeSubsetOf(can);
        can.ShouldNotContain(name => refused.Contains(name));
        refused.ShouldBeSubsetOf(cannot.Keys);
        cannot.Values.ShouldAllBe(why => why.StartsWith("needs the role", StringComparison.Ordinal));
        cannot.GetValueOrDefault("New schedule", "needs the roles submitter and operator").ShouldBe("needs the roles submitter and operator");
        Quiet(tab);
    }

    [Test]
    public async Task An_operator_cancels_all_that_a_filter_finds_and_watches_it()
    {
        for (var sent = 0; sent < 3; sent++)
        {
            await Api.PostAsync("/api/v1/commands/queue", Notification($"bulk-{sent}", "bulk"), _program.Admin);
        }

        await Api.UntilAsync("/api/v1/commands?user_id=bulk", list => list.Items.Count() == 3, _program.Admin);
        await using var tab = await SignedInAsync("operator");
        await tab.GoAsync(At("commands?state=QUEUED&user_id=bulk"));
        await tab.ThenLoadedAsync(() => tab.SeeAsync("[...document.querySelectorAll('main a.button')].find(one => one.textContent.startsWith('Cancel those')).click()"));
        (await tab.SeeAsync("document.querySelector('main p').textContent"))!.ToString().ShouldStartWith("Dry run: 3 commands would be cancelled: state QUEUED");

        await SendAsync(tab, "2", "a mistake");
        (await tab.SeeAsync("document.querySelector('.notice').textContent"))!.ToString().ShouldContain("To confirm it write the number of commands: 3, not 2.");
        await SendAsync(tab, "3", "a mistake");

        // The page renews itself until it is done.
        await tab.UntilAsync("document.querySelector('#cancellation .state').textContent === 'Done'");
        (await tab.SeeAsync("document.querySelector('#cancellation').textContent"))!.ToString().ShouldContain("a mistake");
        (await Api.GetAsync("/api/v1/commands?user_id=bulk", _program.Admin)).Items.ShouldAllBe(one => one["state"]!.ToString() == "CANCELLED");
        Quiet(tab);
    }

    [Test]
    public async Task A_page_that_stays_open_while_somebody_signs_in_anew_still_does_what_it_is_asked()
    {
        var key = await KeyAsync("operator");
        await using var tab = await SignedInWithAsync(key);
        await tab.GoAsync(At("queues"));
        await tab.SeeAsync($$"""
            (async () => {
              const page = new DOMParser().parseFromString(await (await fetch('sign-in')).text(), 'text/html');
              await fetch('sign-in', { method: 'POST', body: new URLSearchParams({ form_token: page.querySelector('input[name=form_token]').value, key: '{{key}}' }) });
              document.querySelector('td details.act').open = true;
            })()
            """);

        // The page may be renewing itself for who was signed in before; the next time it is for who is now.
        for (var renewed = 0; renewed < 2; renewed++)
        {
            await tab.SeeAsync("window.first = document.querySelector('td details.act input[name=form_token]').value; document.getElementById('pause').click(); document.getElementById('pause').click()");
            await tab.UntilAsync("window.first !== document.querySelector('td details.act input[name=form_token]').value");
        }

        await tab.SeeAsync("document.querySelector('td details.act input[name=reason]').value = 'kept'");
        await tab.ThenLoadedAsync(() => tab.SeeAsync("document.querySelector('td details.act form button').click()"));

        (await tab.SeeAsync("document.querySelector('.notice.ok') !== null && document.querySelector('main').textContent.includes('kept')"))!.GetValue<bool>().ShouldBeTrue();
        await Api.PostAsync("/api/v1/commands/queues/audit/resume", "{}", _program.Admin);
        Quiet(tab);
    }

    [Test]
    public async Task A_submitter_cancels_its_own_command_and_is_refused_anothers()
    {
        var key = await KeyAsync("submitter");
        (await Api.PostAsync("/api/v1/commands/queue", Notification("own"), ("Authorization", "Bearer " + key))).Status.ShouldBe(202);
        var own = (await Api.UntilAsync("/api/v1/commands/own", found => found.Status == 200, ("Authorization", "Bearer " + key))).Text("id");
        var others = (await Api.GetAsync("/api/v1/commands/waits", _program.Admin)).Text("id");
        await using var tab = await SignedInWithAsync(key);

        (await CancelAsync(tab, own!)).ShouldContain("cancel");
        (await CancelAsync(tab, others!)).ShouldContain("another caller's: that needs the role operator");
        Quiet(tab);
    }

    [Test]
    public async Task Whoever_may_neither_sees_a_page_that_says_so_nor_gets_it_done_by_a_form()
    {
        await using var tab = await SignedInAsync("viewer");
        await tab.GoAsync(At("commands/cancel?state=QUEUED"));
        (await tab.SeeAsync("document.querySelector('main p').textContent"))!.ToString().ShouldContain("needs the role operator");
        await tab.GoAsync(At("you"));
        await tab.ThenLoadedAsync(() => tab.SeeAsync("""
            (() => { const form = document.querySelector('main form'); form.action = new URL('queues/pause', document.baseURI);
              for (const [name, value] of [['kind', 'order'], ['reason', 'x']]) { const field = document.createElement('input'); field.name = name; field.value = value; form.append(field); } form.submit(); })()
            """));

        (await tab.SeeAsync("document.querySelector('.notice').textContent"))!.ToString().ShouldContain("This needs the role operator");
    }

    private static string Notification(string id, string user = "ada") => $$"""{"type":"SendNotification","command_id":"{{id}}","user_id":"{{user}}","channel":"email","title":"t","message":"m"}""";

    private static async Task<string> SendAsync(Tab tab, string count, string reason)
    {
        await tab.SeeAsync($"document.querySelector('main form.card input[name=expected]').value = '{count}'; document.querySelector('main form.card input[name=reason]').value = '{reason}'");
        await tab.ThenLoadedAsync(() => tab.SeeAsync("document.querySelector('main form.card button').click()"));
        return (await tab.SeeAsync("location.pathname"))!.ToString();
    }

    private async Task<string> CancelAsync(Tab tab, string id)
    {
        await tab.GoAsync(At("commands/" + id));
        await tab.SeeAsync("document.querySelector('details.act').open = true");
        await tab.ThenLoadedAsync(() => tab.SeeAsync("document.querySelector('details.act form button').click()"));
        return (await tab.SeeAsync("document.querySelector('.notice').textContent"))!.ToString();
    }

    /// <summary>Nothing went wrong in the browser, and it has asked nobody but the proxy, below its prefix.</summary>
    private void Quiet(Tab tab)
    {
        tab.Errors.ShouldBeEmpty();
        tab.Asked.Where(address => address.Scheme is not ("data" or "about")).ShouldAllBe(address => address.ToString().StartsWith(_proxy.Address.ToString(), StringComparison.Ordinal));
    }

    private Uri At(string path) => new(_proxy.Address, "console/" + path);

    private async Task<Tab> SignedInAsync(string roles) => await SignedInWithAsync(await KeyAsync(roles));

    private async Task<Tab> SignedInWithAsync(string key)
    {
        var tab = await _browser.OpenAsync();
        await tab.GoAsync(At("commands"));
        await tab.SeeAsync($"document.querySelector('input[name=key]').value = '{key}'");
        await tab.ThenLoadedAsync(() => tab.SeeAsync("document.querySelector('main form button').click()"));
        (await tab.SeeAsync("location.pathname"))!.ToString().ShouldBe(At("commands").AbsolutePath);
        return tab;
    }

    private async Task<string> KeyAsync(string roles)
    {
        var body = new JsonObject { ["name"] = roles.Replace(',', '-'), ["roles"] = new JsonArray([.. roles.Split(',').Select(role => (JsonNode)role)]) };
        return (await Api.PostAsync("/api/v1/keys", body.ToJsonString(), _program.Admin)).Text("key")!;
    }
}
