using Workers.Pages.Frames;

namespace Workers.Pages.Markup;

/// <summary>The way to a list's next page and back to its first: keys, not numbers, so that a far page costs what the first does.</summary>
internal static class Pager
{
    public static Html Of(Visit visit, string path, Json list, IEnumerable<(string, string)> query)
    {
        List<(string, string)> said = [.. query];
        var first = Html.If(visit.Query("cursor").Length > 0, () => Html.Of($"""<a class="button" href="{visit.Link(path, said)}">First page</a>"""));
        var next = Html.If(list["next_cursor"].IsThere, () => Html.Of($"""<a class="button" rel="next" href="{visit.Link(path, [.. said, ("cursor", list["next_cursor"].Text)])}">Next page</a>"""));
        return first.IsEmpty && next.IsEmpty ? Html.None : Html.Of($"""<nav class="pager" aria-label="Pages">{first}{next}</nav>""");
    }
}
