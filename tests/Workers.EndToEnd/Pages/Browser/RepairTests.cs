using System.Text.Json.Nodes;
using NUnit.Framework;
using Shouldly;
using Workers.EndToEnd.Running;

namespace Workers.EndToEnd.Pages.Browser;

/// <summary>From the overview of a fresh installation in which something has failed to what failed, why, and its repair: as a person goes, each click and each page counted.</summary>
public sealed class RepairTests
{
    private DataDirectory _data = null!;
    private RunningProgram _program = null!;
    private Chromium _browser = null!;

    private ApiClient Api => _program.Api;

    [SetUp]
    public async Task Start()
    {
        _browser = await Chromium.StartAsync();
        _data = new DataDirectory();
        _program = await RunningProgram.StartAsync(_data.FullName);
        await Api.UntilAsync("/health/ready", answer => answer.Status == 200);
        (await Api.PostAsync("/api/v1/products", """{"product_id":"laptop","name":"Laptop","sku":"LAPTOP-1","price":999.99,"stock":10}""")).Status.ShouldBe(201);
    }

    [TearDown]
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
    public async Task An_order_that_nobody_could_execute_is_repaired_in_four_clicks()
    {
        await Api.PostAsync("/api/v1/commands/queues/order/pause", """{"reason":"moves"}""");
        (await Api.PostAsync("/api/v1/orders", Order(1), ("Prefer", "respond-async"))).Status.ShouldBe(202);
        await Api.DeleteAsync("/api/v1/commands/handlers/order");
        await Api.PostAsync("/api/v1/commands/queues/order/resume", "{}");
        await Api.UntilAsync("/api/v1/commands/dead-letters", list => list.Items.Count() == 1);
        await using var tab = await _browser.OpenAsync();
        var walk = await Walk.FromAsync(tab, Overview);

        await tab.UntilAsync("document.querySelector('.answer').textContent.includes('Nobody executes CreateOrder')");
        await walk.LeadAsync("a", "1 dead letter");
        await walk.SeesAsync("UNREGISTERED");
        await walk.LeadAsync("button", "Bring the handler order back");
        await walk.SeesAsync("The handler order executes again: replay it.");
        await walk.OpenAsync("Replay");
        await walk.LeadAsync("button", "Replay");

        await tab.UntilAsync("document.querySelector('.facts .state').textContent === 'Succeeded'");
        await Api.UntilAsync("/api/v1/orders/o1", order => order.Text("status") == "CONFIRMED");
        (walk.Clicks, walk.Pages).ShouldBe((4, 4));
    }

    [Test]
    public async Task An_order_whose_refund_was_rejected_is_repaired_in_six_clicks()
    {
        (await Api.PostAsync("/api/v1/orders", Order(2))).Status.ShouldBe(201);
        await Api.UntilAsync("/api/v1/orders/o1", order => order.Text("status") == "CONFIRMED");
        (await Api.PutAsync("/api/v1/orders/o1/cancel", """{"reason":"changed my mind"}""")).Status.ShouldBe(200);
        var refund = (await Api.UntilAsync("/api/v1/commands/sagas?saga=refund&state=AwaitingApproval", list => list.Items.Any())).Items.First()["data"]!["refund_id"]!.ToString();
        (await Api.ExecuteAsync($$"""{"type":"RejectRefund","refund_id":"{{refund}}","reason":"the goods were used"}""")).Status.ShouldBe(200);
        await Api.UntilAsync("/api/v1/commands/sagas/o1", flow => flow.Text("state") == "Stuck");
        await using var tab = await _browser.OpenAsync();
        var walk = await Walk.FromAsync(tab, Overview);

        await tab.UntilAsync("document.querySelector('.answer').textContent.includes('the goods were used')");
        await walk.LeadAsync("a", "o1");
        await walk.SeesAsync("It waits for somebody to decide");
        await walk.OpenAsync("Retry");
        await walk.LeadAsync("button", "Retry");

        // The refund that it asks for once more stands there as soon as it waits for an approval.
        await tab.UntilAsync("[...document.querySelectorAll('.facts div')].some(one => one.querySelector('dt').textContent === 'Refund' && one.textContent.includes('Awaiting approval'))");
        await walk.LeadAsync(".facts a", (await tab.SeeAsync("[...document.querySelectorAll('.facts div')].find(one => one.querySelector('dt').textContent === 'Refund').querySelector('a').textContent"))!.ToString());
        await walk.OpenAsync("Approve");
        await walk.LeadAsync("button", "Approve");

        await Api.UntilAsync("/api/v1/commands/sagas/o1", flow => flow.Text("state") == "Compensated");
        await tab.UntilAsync("document.querySelector('.facts .state').textContent === 'Refunded'");
        (walk.Clicks, walk.Pages).ShouldBe((6, 5));
    }

    [Test]
    public async Task A_command_that_a_rule_refused_is_sent_again_as_it_should_have_been_in_two_clicks()
    {
        (await Api.PostAsync("/api/v1/orders", Order(1))).Status.ShouldBe(201);
        await Api.UntilAsync("/api/v1/orders/o1", order => order.Text("status") == "CONFIRMED");
        await Api.ExecuteAsync("""{"type":"ShipOrder","order_id":"o2","tracking_number":"T-1","carrier":"DHL"}""");
        await Api.UntilAsync("/api/v1/commands?state=FAILED", list => list.Items.Any());
        await using var tab = await _browser.OpenAsync();
        var walk = await Walk.FromAsync(tab, Overview);

        await tab.UntilAsync("document.querySelector('main').textContent.includes('NOT_FOUND: Order not found')");
        await walk.LeadAsync("a", "ShipOrder");
        await walk.SeesAsync("A rule said no");
        await tab.SeeAsync("(() => { const data = document.querySelector('textarea[name=data]'); data.value = data.value.replace('o2', 'o1'); })()");
        await walk.LeadAsync("button", "Send it again");

        await tab.UntilAsync("document.querySelector('.facts .state').textContent === 'Succeeded'");
        (await Api.GetAsync("/api/v1/orders/o1")).Text("status").ShouldBe("SHIPPED");
        (walk.Clicks, walk.Pages).ShouldBe((2, 3));
    }

    private Uri Overview => new(Api.Address, "/console/");

    private static string Order(int quantity) => new JsonObject
    {
        ["order_id"] = "o1",
        ["customer_id"] = "ada",
        ["items"] = new JsonArray(new JsonObject { ["product_id"] = "laptop", ["sku"] = "LAPTOP-1", ["quantity"] = quantity, ["unit_price"] = 999.99 }),
        ["shipping_address"] = new JsonObject { ["street"] = "1 Street", ["city"] = "Berlin", ["state"] = "BE", ["zip"] = "10115", ["country"] = "DE" },
        ["payment"] = new JsonObject { ["method"] = "card" },
    }.ToJsonString();

    /// <summary>A way through the console, counted.</summary>
    private sealed class Walk(Tab tab)
    {
        public int Clicks { get; private set; }

        public int Pages { get; private set; } = 1;

        public static async Task<Walk> FromAsync(Tab tab, Uri page)
        {
            await tab.GoAsync(page);
            return new Walk(tab);
        }

        /// <summary>Clicks what leads to another page; what stands on it is looked for until it is there, for pages renew themselves.</summary>
        public async Task LeadAsync(string which, string text)
        {
            await ThereAsync(which, text);
            await tab.ThenLoadedAsync(() => ClickAsync(which, text));
            Pages++;
        }

        /// <summary>Opens a form.</summary>
        public async Task OpenAsync(string text)
        {
            await ThereAsync("summary", text);
            await ClickAsync("summary", text);
        }

        public Task SeesAsync(string text) => tab.UntilAsync($"document.querySelector('main').textContent.includes({JsonValue.Create(text)!.ToJsonString()})");

        private Task ThereAsync(string which, string text) => tab.UntilAsync(Find(which, text));

        private Task ClickAsync(string which, string text)
        {
            Clicks++;
            return tab.SeeAsync(Find(which, text) + ".click()");
        }

        // What is in a form that is not open cannot be clicked.
        private static string Find(string which, string text) =>
            $"[...document.querySelectorAll({JsonValue.Create(which)!.ToJsonString()})].find(one => one.textContent.trim() === {JsonValue.Create(text)!.ToJsonString()} && one.checkVisibility() && !one.disabled)";
    }
}
