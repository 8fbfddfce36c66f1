using Workers.Pages.Commands;
using Workers.Pages.Markup;

namespace Workers.Pages.Operations;

/// <summary>Cancelling commands that wait.</summary>
internal static class Cancelling
{
    private static readonly string[] s_states = ["", "QUEUED", "SCHEDULED"];

    public static Work Work { get; } = new("Cancel", "command", "cancelled", "cancellation")
    {
        List = CommandsPage.Path,
        Ask = CommandsPage.Path + "/cancel",
        Path = CommandsPage.Path + "/cancellations",
        Api = ("cancel", "cancellations"),
        Filters = ["state", "kind", "type", "key", "user_id", "correlation_id", "q", "from", "to"],
        Promise = "They wait now. What comes from now on is not among them; what has begun until its turn comes is left alone, as is what flows, timers and effects have sent.",
        WhenStopped = "What is cancelled stays so.",
        Left = ("Had begun or ended before", "Wait for their worker"),
        Columns = ["Command", "About", "Accepted"],
        Row = (visit, one) => Html.Of($"""
            <tr><th scope="row"><a href="{visit.Link(CommandsPage.Path, one["id"].Text)}">{one["type"].Text}</a></th><td>{Parts.Code(one["key"].Text)}</td><td>{Parts.Time(one["submitted_at"].Time, visit.Now)}</td></tr>
            """),
        IsGrave = true,
    };

    /// <summary>Whether what a list is filtered by can be cancelled by: commands that wait have no error.</summary>
    public static bool Takes(string state, IEnumerable<(string Name, string Value)> filters) => s_states.Contains(state) && filters.All(one => Work.Filters.Contains(one.Name));
}
