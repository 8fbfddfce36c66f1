using System.Globalization;

namespace Workers.Pages.Markup;

/// <summary>A small chart of one row of figures, with what it says in words.</summary>
internal static class Sparkline
{
    private const int Width = 240;
    private const int Height = 40;

    public static Html Of(IReadOnlyList<double> values, string words)
    {
        if (values.Count < 2)
        {
            return Html.None;
        }

        var most = Math.Max(values.Max(), 1e-9);
        var points = values.Select((value, at) => string.Create(CultureInfo.InvariantCulture, $"{at * (double)Width / (values.Count - 1):0.#},{Height - 2 - (value / most * (Height - 4)):0.#}"));
        var line = string.Join(' ', points);
        return Html.Of($"""
            <svg class="spark" viewBox="0 0 {Width} {Height}" preserveAspectRatio="none" role="img" aria-label="{words}"><polygon points="0,{Height} {line} {Width},{Height}"/><polyline points="{line}" fill="none"/></svg>
            """);
    }
}
