using Workers.Pages.Frames;
using Workers.Pages.Operations;

namespace Workers.Pages.Commands;

/// <summary>Any pasted id leads to its page; another text is searched for.</summary>
internal static class FindPage
{
    private static readonly (string Asked, string Shown)[] s_places =
        [("", "commands"), ("dead-letters", "dead-letters"), ("sagas", "flows"), ("scheduled", "schedules"), (Replaying.Work.Api.Operations, Replaying.Work.Path), (Cancelling.Work.Api.Operations, Cancelling.Work.Path)];

    public static async Task<Page> GoAsync(Visit visit)
    {
        var text = visit.Query("q").Trim();
        if (text.Length == 0 || text.Any(char.IsWhiteSpace))
        {
            return Go(text.Length == 0 ? "commands" : $"commands?q={Uri.EscapeDataString(text)}");
        }

        var id = Uri.EscapeDataString(text);
        foreach (var (asked, shown) in s_places)
        {
            // Lists that stand beside ids have none of their own.
            if (await visit.AskAsync(asked.Length == 0 ? id : $"{asked}/{id}") is { IsDone: true } one && (one.Json["id"].IsThere || one.Json["operation_id"].IsThere))
            {
                return Go($"{shown}/{id}");
            }
        }

        foreach (var filter in (string[])["key", "correlation_id", "user_id"])
        {
            if ((await visit.AskAsync($"?{filter}={id}&limit=1")) is { IsDone: true } found && found.Json["items"].Items.Any())
            {
                return Go($"commands?{filter}={id}");
            }
        }

        return Go($"commands?q={id}");
    }

    private static Page Go(string path) => Page.Go(path, "");
}
