using NUnit.Framework;
using Shouldly;
using Workers.EndToEnd.Cluster;
using Workers.EndToEnd.Running;

namespace Workers.EndToEnd.Pages.Browser;

/// <summary>
/// Pictures of every page, of a demonstration that has run until each has something to show: light and dark, narrow and wide, into the directory that
/// <c>WORKERS_TEST_PICTURES</c> names. For people to look at, and for <c>docs/images</c>. <c>WORKERS_TEST_DEMO</c> names one that runs already.
/// </summary>
public sealed class PictureTests
{
    private const int Tallest = 4_000;
    private const int Wide = 1280;
    private const int Window = 820;

    /// <summary>What the documents show: the page, light or dark, and its picture's name there; its upper part.</summary>
    private static readonly (string Page, bool Dark, string Name)[] s_documented = [("overview", false, "console-overview"), ("dead-letter", false, "console-dead-letter"), ("flow", true, "console-flow")];

    private static readonly string[] s_pages = ["", "commands", "commands?state=FAILED", "commands?state=DEAD_LETTERED", "commands/cancel?state=QUEUED", "commands/cancellations", "dead-letters", "dead-letters/replay", "dead-letters/replays", "flows", "flows?saga=order&state=Stuck", "queues", "schedules", "schedules/new", "workers", "audit", "you", "keyboard", "sign-in", "nowhere"];

    [Test]
    public async Task Every_page_is_pictured_light_and_dark_narrow_and_wide()
    {
        var directory = Directory.CreateDirectory(TestServers.Named("WORKERS_TEST_PICTURES"));
        await using var browser = await Chromium.StartAsync();
        using var data = new DataDirectory();
        using var program = Environment.GetEnvironmentVariable("WORKERS_TEST_DEMO") is null ? await RunningProgram.DemoAsync(data.FullName) : null;
        using var named = program is null ? new ApiClient(new Uri(TestServers.Named("WORKERS_TEST_DEMO"))) : null;
        var api = program?.Api ?? named!;
        List<(string Name, string Path)> pages = [.. s_pages.Select(path => (path.Length == 0 ? "overview" : path, path)), .. await DetailsAsync(api)];
        var wide = new List<string>();
        foreach (var width in (int[])[Wide, 390])
        {
            await using var tab = await browser.OpenAsync(width);
            foreach (var (name, path) in pages)
            {
                await tab.GoAsync(new Uri(api.Address, "/console/" + path));
                foreach (var dark in (bool[])[false, true])
                {
                    await tab.DarkAsync(dark);
                    await File.WriteAllBytesAsync(Path.Combine(directory.FullName, $"{string.Concat(name.Select(letter => char.IsAsciiLetterOrDigit(letter) ? letter : '-'))}-{width}-{(dark ? "dark" : "light")}.png"), await tab.PictureAsync(Tallest));
                    foreach (var one in s_documented.Where(one => width == Wide && (one.Page, one.Dark) == (name, dark)))
                    {
                        await File.WriteAllBytesAsync(Path.Combine(directory.FullName, one.Name + ".png"), await tab.PictureAsync(Window));
                    }
                }

                if ((await tab.SeeAsync("document.documentElement.scrollWidth - innerWidth"))!.GetValue<int>() is > 0 and var over)
                {
                    wide.Add($"/{path} at {width} by {over}");
                }
            }
        }

        wide.ShouldBeEmpty();
    }

    /// <summary>One of each thing that has a page, as soon as there is one.</summary>
    private static async Task<List<(string Name, string Path)>> DetailsAsync(ApiClient api)
    {
        async Task<string> FirstAsync(string list, string member = "id") => (await api.UntilAsync("/api/v1/commands" + list, found => found.Status == 200 && found.Items.Any())).Items.First()[member]!.ToString();
        await api.UntilAsync("/api/v1/commands/dead-letters", found => found.Items.Count() > 2);
        var letters = (await api.GetAsync("/api/v1/commands/dead-letters")).Items.Select(one => one["id"]!.ToString()).ToList();
        var misfired = await api.UntilAsync("/api/v1/commands/scheduled", found => found.Items.Any(one => one["schedule_id"]!.ToString().StartsWith("demo-late", StringComparison.Ordinal)));
        var late = misfired.Items.First(one => one["schedule_id"]!.ToString().StartsWith("demo-late", StringComparison.Ordinal))["schedule_id"]!.ToString();
        await api.UntilAsync($"/api/v1/commands/scheduled/{late}/runs", found => found.Items.Any(one => one["result"]?.ToString().Contains("MISFIRE", StringComparison.Ordinal) == true));
        return
        [
            ("flow", "flows/" + await FirstAsync("/sagas?saga=order&state=Stuck")), ("flow-ended", "flows/" + await FirstAsync("/sagas?saga=order&state=Confirmed")),
            ("dead-letter", "dead-letters/" + letters[0]), ("compare", $"dead-letters/compare?a={letters[0]}&b={letters[1]}"),
            ("command-failed", "commands/" + await FirstAsync("?state=FAILED")), ("command-dead", "commands/" + await FirstAsync("?state=DEAD_LETTERED")),
            ("command-order", "commands/" + await FirstAsync("?type=CreateOrder&state=SUCCEEDED")), ("schedule", "schedules/demo-greeting"), ("schedule-late", "schedules/" + late),
            ("schedule-edit", "schedules/demo-greeting/edit"), ("audit-entry", "audit/" + await FirstAsync("/audit?limit=1")),
        ];
    }
}
