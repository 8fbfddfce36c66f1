using Workers.Pages.DeadLetters;
using Workers.Pages.Markup;

namespace Workers.Pages.Operations;

/// <summary>Replaying dead letters.</summary>
internal static class Replaying
{
    public static Work Work { get; } = new("Replay", "letter", "replayed", "replay")
    {
        List = DeadLettersPage.Path,
        Ask = DeadLettersPage.Path + "/replay",
        Path = DeadLettersPage.Path + "/replays",
        Api = ("dead-letters/replay", "dead-letters/operations"),
        Filters = DeadLettersPage.Filters,
        Promise = "The oldest go first, of each key in their order. A letter that fails again is a dead letter again.",
        WhenStopped = "What went back stays so.",
        Left = ("Taken by others before", "Wait behind others of their key"),
        Columns = ["Letter", "Why", "About", "Last"],
        Row = (visit, one) => Html.Of($"""
            <tr><th scope="row"><a href="{visit.Link(DeadLettersPage.Path, one["id"].Text)}">{(one["type"].IsThere ? one["type"].Text : "Unreadable")}</a></th><td>{one["code"].Text}</td><td>{Parts.Code(one["key"].Text)}</td><td>{Parts.Time(one["last_at"].Time, visit.Now)}</td></tr>
            """),
    };
}
