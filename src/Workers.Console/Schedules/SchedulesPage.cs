using Workers.Pages.Frames;
using Workers.Pages.Markup;

namespace Workers.Pages.Schedules;

/// <summary>Schedules, and commands that wait for their one time.</summary>
internal static class SchedulesPage
{
    public const string Path = "schedules";

    private static readonly (string Name, string Kind, string State)[] s_tabs = [("All", "", ""), ("Cron", "cron", ""), ("Interval", "interval", ""), ("Once", "once", ""), ("Active", "", "ACTIVE"), ("Paused", "", "PAUSED")];

    public static async Task<Page> ShowAsync(Visit visit)
    {
        var (kind, state, tag) = (visit.Query("kind"), visit.Query("state"), visit.Query("tag"));
        var found = await visit.ReadAsync(Visit.With("scheduled", ("kind", kind), ("state", state), ("tag", tag), ("cursor", visit.Query("cursor"))));
        var rows = found["items"].Items.Select(one => Row(visit, one)).ToList();
        return new Page("Schedules", Path, Html.Of($"""
            <ul class="tabs" aria-label="Which schedules">{Html.Each(s_tabs, tab => Html.Of(
                $"""<li><a href="{visit.Link(Path, ("kind", tab.Kind), ("state", tab.State))}"{(tab.Kind == kind && tab.State == state ? Html.Of($" aria-current=\"page\"") : Html.None)}>{tab.Name}</a></li>"""))}</ul>
            {Parts.Live("schedules", Html.Of($"""
                {Parts.Table("Schedules", ["Schedule", "Command", "When", "State", "Next", "Last"], rows, Html.Of($"No schedule is like this. A schedule has a command executed at a time, or again and again."))}
                {Pager.Of(visit, Path, found, [("kind", kind), ("state", state), ("tag", tag)])}
                """))}
            """))
        {
            IsLive = visit.Query("cursor").Length == 0,
            Actions = Acts.WayForAll(visit, Path + "/new", "New schedule", ScheduleForm.Needs),
        };
    }

    /// <summary>When it fires, in words.</summary>
    public static Html When(Json one) => one["kind"].Text switch
    {
        "cron" => Html.Of($"""{one["in_words"].Text}{(one["time_zone"].Text is "" or "UTC" ? "" : ", " + one["time_zone"].Text)}<br/><code>{one["cron"].Text}</code>"""),
        "interval" => Html.Of($"""every {one["interval"].Text}"""),
        _ => Html.Of($"""once, {Parts.Exactly(one["at"].Time)}"""),
    };

    private static Html Row(Visit visit, Json one) => Html.Of($"""
        <tr><th scope="row"><a href="{visit.Link(Path, one["schedule_id"].Text)}">{one["schedule_id"].Text}</a><br/><small>{one["description"].Text}</small></th><td>{one["command"]["type"].Text}</td><td>{When(one)}</td>
        <td>{Icons.State(one["state"].Text)}{Html.If(one["error"].IsThere, () => Html.Of($"<br/>{one["error"].Text}"))}</td><td>{Parts.Time(one["next_fire_at"].Time ?? one["at"].Time, visit.Now)}</td><td>{Parts.Time(one["last_fire_at"].Time, visit.Now)}</td></tr>
        """);
}
