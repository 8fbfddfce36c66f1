using Workers.Pages.Frames;
using Workers.Pages.Markup;

namespace Workers.Pages.DeadLetters;

/// <summary>Two dead letters beside each other: what they say, and in what they differ.</summary>
internal static class ComparePage
{
    public static async Task<Page> ShowAsync(Visit visit)
    {
        var (first, second) = (visit.ReadAsync("dead-letters/" + Uri.EscapeDataString(visit.Query("a"))), visit.ReadAsync("dead-letters/" + Uri.EscapeDataString(visit.Query("b"))));
        var (a, b) = (await first, await second);
        return new Page("Two dead letters", DeadLettersPage.Path, Html.Of($"""
            <div class="two">{Side(visit, a)}{Side(visit, b)}</div>
            {Parts.Section("differences", "From the first to the second", Diff.Of(Told(a), Told(b)))}
            """));
    }

    private static Html Side(Visit visit, Json letter) => Html.Of($"""
        <section class="card"><h2><a href="{visit.Link(DeadLettersPage.Path, letter["id"].Text)}">{letter["type"].Text}</a></h2><p>{letter["code"].Text}: {letter["message"].Text}</p>
        <p>{Parts.Code(letter["key"].Text)}, {Words.Count(letter["attempts"].Number, "attempt")}, last {Parts.Time(letter["last_at"].Time, visit.Now)}</p></section>
        """);

    private static string Told(Json letter) => $"{letter["code"].Text}: {letter["message"].Text}\n{letter["error_type"].Text}\n\n{DeadLetterPage.TextOf(letter)}";
}
