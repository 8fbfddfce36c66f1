using Workers.Pages.Markup;

namespace Workers.Pages.Frames;

/// <summary>The frame of HTML around each page.</summary>
internal static class Layout
{
    /// <summary>The parts of the console: path, name, and the letter that follows <c>g</c>.</summary>
    public static IReadOnlyList<(string Path, string Name, char Key)> Tabs { get; } =
    [
        ("", "Overview", 'o'), ("commands", "Commands", 'c'), ("dead-letters", "Dead letters", 'd'), ("flows", "Flows", 'f'), ("queues", "Queues", 'q'),
        ("schedules", "Schedules", 's'), ("workers", "Workers", 'w'), ("audit", "Audit", 'a'),
    ];

    public static Html Of(Visit visit, Page page, string service)
    {
        var root = visit.Root;
        return Html.Of($"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8"/>
            <meta name="viewport" content="width=device-width, initial-scale=1"/>
            <meta name="color-scheme" content="light dark"/>
            <title>{page.Title} · {service}</title>
            <link rel="stylesheet" href="{root}assets/console.css"/>
            <link rel="icon" type="image/svg+xml" href="{root}assets/icon.svg"/>
            <script type="module" src="{root}assets/console.js"></script>
            </head>
            <body data-root="{root}"{Live(page)}>
            <a class="skip" href="#main">To the content</a>
            <header>
            <a class="brand" href="{root}">{service}</a>
            {Html.If(visit.Me.IsThere, () => Menu(visit, page))}
            </header>
            <main id="main" tabindex="-1">
            {Notice(page)}
            <div class="title"><h1>{page.Title}</h1><div class="actions">{page.Actions}</div></div>
            {page.Body}
            </main>
            <footer>{Foot(visit, page)}</footer>
            </body>
            </html>
            """);
    }

    private static Html Live(Page page) => page.IsLive ? Html.Of($" data-stream") : Html.None;

    private static Html Menu(Visit visit, Page page) => Html.Of($"""
        <nav aria-label="Parts of the console"><ul>{Html.Each(Tabs, tab => Html.Of(
            $"""<li><a href="{visit.Root}{tab.Path}" data-key="{tab.Key.ToString()}"{(tab.Path == page.Tab ? Html.Of($" aria-current=\"page\"") : Html.None)}>{tab.Name}</a></li>"""))}</ul></nav>
        <form class="search" role="search" action="{visit.Root}find"><label><span class="unseen">Find by any id, or commands by their name</span>
        <input type="search" name="q" placeholder="Any id, or a name" maxlength="300" autocomplete="off"/></label></form>
        """);

    private static Html Notice(Page page) => page.Notice is { Text.Length: > 0 } notice
        ? Html.Of($"""<p class="notice {(notice.IsError ? "bad" : "ok")}" role="{(notice.IsError ? "alert" : "status")}">{(notice.IsError ? Icons.Alarm : Icons.Well)}{notice.Text}</p>""")
        : Html.None;

    private static Html Foot(Visit visit, Page page) => Html.Of($"""
        {Html.If(visit.Me.IsThere, () => Html.Of($"""<a href="{visit.Root}you" data-key="y">You: {visit.Me["name"].Text}</a> {Html.If(visit.Me["name"].Text == "anonymous", () => Html.Of($"""<a href="{visit.Root}sign-in">Sign in</a>"""))} <a href="{visit.Root}keyboard" data-key="k">Keyboard</a>"""))}
        {Html.If(page.IsLive, () => Html.Of($"""<span class="live" hidden><button type="button" id="pause" aria-pressed="false">Pause live updates</button> <span id="live-state" role="status"></span></span>"""))}
        <span>Times are UTC. Loaded {Parts.Exactly(visit.Now)}</span>
        """);
}
