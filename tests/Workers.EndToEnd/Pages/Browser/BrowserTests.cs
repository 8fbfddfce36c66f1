using System.Net;
using System.Text.Json.Nodes;
using NUnit.Framework;
using Shouldly;
using Workers.EndToEnd.Running;

namespace Workers.EndToEnd.Pages.Browser;

/// <summary>The console in a real browser: its script, its keys, what it looks like to assistive technology; one browser and one program for all.</summary>
[FixtureLifeCycle(LifeCycle.SingleInstance)]
public sealed class BrowserTests
{
    private static readonly string[] s_pages = ["", "commands", "commands/cancel", "commands/cancellations", "dead-letters", "flows", "queues", "schedules", "schedules/new", "workers", "audit", "you", "keyboard", "sign-in"];

    private readonly List<string> _more = [];
    private DataDirectory _data = null!;
    private RunningProgram _program = null!;
    private Chromium _browser = null!;

    [OneTimeSetUp]
    public async Task Start()
    {
        _browser = await Chromium.StartAsync();
        _data = new DataDirectory();
        _program = await RunningProgram.StartAsync(_data.FullName);
        await _program.Api.UntilAsync("/health/ready", answer => answer.Status == 200);
        _more.AddRange(await FillAsync(_program.Api));
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }

        _program?.Dispose();
        _data?.Dispose();
    }

    [Test]
    public async Task No_page_violates_a_rule_of_accessibility_complains_or_asks_elsewhere_light_and_dark()
    {
        var axe = await File.ReadAllTextAsync(Cluster.TestServers.Named("WORKERS_TEST_AXE"));
        await using var tab = await _browser.OpenAsync();
        var wrong = new List<string>();
        foreach (var path in s_pages.Concat(_more))
        {
            await tab.GoAsync(At(path));
            foreach (var dark in (bool[])[false, true])
            {
                await tab.DarkAsync(dark);
                await tab.SeeAsync(axe + "; 0");
                var found = await tab.SeeAsync("""
                    document.querySelectorAll('*').length && axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })
                      .then(result => result.violations.map(one => `${one.id}: ${one.help}: ${one.nodes.map(node => node.html).slice(0, 3).join(' | ')}`))
                    """);
                wrong.AddRange(found!.AsArray().Select(one => $"/{path} {(dark ? "dark" : "light")} {one}"));
            }
        }

        wrong.ShouldBeEmpty();
        tab.Errors.ShouldBeEmpty();
        tab.Asked.Where(address => address.Scheme != "data").ShouldAllBe(address => address.Authority == _program.Api.Address.Authority);
    }

    [TestCase(1280)]
    [TestCase(360)]
    public async Task No_page_is_wider_than_its_window(int width)
    {
        await using var tab = await _browser.OpenAsync(width);
        var wide = new List<string>();
        foreach (var path in s_pages.Concat(_more))
        {
            await tab.GoAsync(At(path));
            if ((await tab.SeeAsync("document.documentElement.scrollWidth - innerWidth"))!.GetValue<int>() is > 0 and var over)
            {
                wide.Add($"/{path} by {over}");
            }
        }

        wide.ShouldBeEmpty();
    }

    [Test]
    public async Task The_keyboard_alone_leads_from_the_overview_to_a_command_and_undoes_it()
    {
        var id = await UserAsync("keys");
        await using var tab = await _browser.OpenAsync();
        await tab.GoAsync(At(""));

        await tab.ThenLoadedAsync(() => tab.PressAsync("g", "c"));
        (await tab.SeeAsync("location.pathname"))!.ToString().ShouldBe("/console/commands");
        await tab.PressAsync("j", "j", "k");
        (await tab.SeeAsync("document.querySelector('tr.at') === document.querySelector('main tbody tr')"))!.GetValue<bool>().ShouldBeTrue();
        await tab.PressAsync("/");
        await tab.PressAsync([.. id.Select(letter => letter.ToString())]);
        await tab.ThenLoadedAsync(() => tab.PressAsync("Enter"));
        (await tab.SeeAsync("location.pathname"))!.ToString().ShouldBe("/console/commands/" + id);
        await tab.SeeAsync("document.querySelector('details.act summary').focus()");
        await tab.PressAsync("Enter");
        await tab.UntilAsync("document.activeElement.name === 'reason'");
        await tab.PressAsync("n", "o");
        await tab.ThenLoadedAsync(() => tab.PressAsync("Enter"));

        (await tab.SeeAsync("document.querySelector('.notice').textContent"))!.ToString().ShouldContain("It is undone.");
        tab.Errors.ShouldBeEmpty();
    }

    [Test]
    public async Task A_page_renews_itself_but_not_under_an_open_form_nor_while_it_is_paused()
    {
        await using var tab = await _browser.OpenAsync();
        await tab.GoAsync(At("commands?key=renewed"));
        await tab.UntilAsync("document.getElementById('live-state').textContent === 'Live'");
        await _program.Api.PostAsync("/api/v1/products", """{"product_id":"renewed","name":"Renewed","sku":"RENEWED-1","price":1.5,"stock":1}""");
        await tab.UntilAsync("document.querySelectorAll('main tbody tr').length === 1");

        await tab.PressAsync("p");
        (await tab.SeeAsync("document.getElementById('pause').getAttribute('aria-pressed')"))!.ToString().ShouldBe("true");
        await _program.Api.ExecuteAsync("""{"type":"AdjustInventory","product_id":"renewed","action":"add","quantity":1}""");
        (await tab.SeeAsync("document.querySelectorAll('main tbody tr').length"))!.GetValue<int>().ShouldBe(1);
        await tab.PressAsync("p");
        await tab.UntilAsync("document.querySelectorAll('main tbody tr').length === 2");

        await tab.GoAsync(At("queues"));
        await tab.SeeAsync("document.querySelector('td details.act').setAttribute('open', '')");
        await tab.SeeAsync("document.querySelector('td details.act input[name=reason]').value = 'half written'");
        await UserAsync("renewed");
        await tab.UntilAsync("document.getElementById('live-state').textContent.startsWith('Newer data waits')");
        (await tab.SeeAsync("document.querySelector('td details.act input[name=reason]').value"))!.ToString().ShouldBe("half written");
    }

    [Test]
    public async Task A_dead_letter_is_repaired_without_script()
    {
        var letter = (await _program.Api.GetAsync("/api/v1/commands/dead-letters")).Items.Last()["id"]!.ToString();
        await using var tab = await _browser.OpenAsync();
        await tab.WithoutScriptAsync();
        await tab.GoAsync(At("dead-letters/" + letter));
        var document = (await tab.CallAsync("DOM.getDocument", new() { ["depth"] = 0 }))["root"]!["nodeId"]!.GetValue<int>();
        async Task<int> FindAsync(string selector) => (await tab.CallAsync("DOM.querySelector", new() { ["nodeId"] = document, ["selector"] = selector }))["nodeId"]!.GetValue<int>();

        await tab.CallAsync("DOM.focus", new() { ["nodeId"] = await FindAsync("details.act summary") });
        await tab.PressAsync("Enter");
        await tab.CallAsync("DOM.focus", new() { ["nodeId"] = await FindAsync("details.act input[name=reason]") });
        await tab.PressAsync("o", "k");
        await tab.ThenLoadedAsync(() => tab.PressAsync("Enter"));

        document = (await tab.CallAsync("DOM.getDocument", new() { ["depth"] = 0 }))["root"]!["nodeId"]!.GetValue<int>();
        var said = await tab.CallAsync("DOM.getOuterHTML", new() { ["nodeId"] = await FindAsync(".notice") });
        WebUtility.HtmlDecode(said["outerHTML"]!.ToString()).ShouldContain("It went back");
    }

    private Uri At(string path) => new(_program.Api.Address, "/console/" + path);

    /// <summary>A flow, a failure, a dead letter, a pause, a schedule; the pages of them.</summary>
    private static async Task<List<string>> FillAsync(ApiClient api)
    {
        await api.PostAsync("/api/v1/products", """{"product_id":"laptop","name":"Laptop","sku":"LAPTOP-1","price":999.99,"stock":10}""");
        var order = await api.PostAsync("/api/v1/orders", """{"order_id":"order-1","customer_id":"ada","items":[{"product_id":"laptop","sku":"LAPTOP-1","quantity":1,"unit_price":999.99}],"shipping_address":{"street":"1 Street","city":"Berlin","state":"BE","zip":"10115","country":"DE"},"payment":{"method":"card"}}""");
        order.Status.ShouldBe(201, order.ToString());
        await api.ExecuteAsync("""{"type":"ConfirmOrder","order_id":"nowhere"}""");
        await api.PostAsync("/api/v1/commands/queues/audit/pause", """{"reason":"quarter end"}""");
        var schedule = await api.PostAsync("/api/v1/commands/schedule", """{"schedule_id":"nightly","cron":"0 30 2 * * ?","time_zone":"Europe/Berlin","command":{"type":"CreateUser","name":"Nightly","email":"nightly@example.com"}}""");
        schedule.Status.ShouldBe(201, schedule.ToString());
        await api.PostAsync("/api/v1/commands/queues/user/pause", """{"reason":"moves"}""");
        // One that stays, to be looked at, and one to be repaired.
        await api.ExecuteAsyncAsync("""{"type":"CreateUser","name":"Late","email":"late@example.com"}""");
        await api.ExecuteAsyncAsync("""{"type":"CreateUser","name":"Later","email":"later@example.com"}""");
        await api.DeleteAsync("/api/v1/commands/handlers/user");
        await api.PostAsync("/api/v1/commands/queues/user/resume", "{}");
        var letter = (await api.UntilAsync("/api/v1/commands/dead-letters", list => list.Items.Count() == 2)).Items.First()["id"]!.ToString();
        await api.PostAsync("/api/v1/commands/handlers/user/register", "{}");
        await api.UntilAsync("/api/v1/commands/sagas/order-1", flow => flow.Text("state") == "Confirmed");
        var failed = (await api.UntilAsync("/api/v1/commands?state=FAILED", list => list.Items.Any())).Items.First()["id"]!.ToString();
        var audit = (await api.UntilAsync("/api/v1/commands/audit?limit=1", list => list.Items.Any())).Items.First()["id"]!.ToString();
        return [$"dead-letters/{letter}", "dead-letters/replay", "dead-letters/replays", "flows/order-1", "schedules/nightly", $"commands/{failed}", $"audit/{audit}"];
    }

    private async Task<string> UserAsync(string name)
    {
        var made = await _program.Api.ExecuteAsync(new JsonObject { ["type"] = "CreateUser", ["command_id"] = name, ["data"] = new JsonObject { ["name"] = name, ["email"] = $"{name}@example.com" } }.ToJsonString());
        made.Status.ShouldBeInRange(200, 201, made.ToString());
        return (await _program.Api.UntilAsync("/api/v1/commands/" + name, listed => listed.Status == 200)).Text("id")!;
    }
}
