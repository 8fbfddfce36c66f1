using System.Text.RegularExpressions;

namespace Workers.Pages.Markup;

/// <summary>What several pages show alike.</summary>
internal static partial class Parts
{
    /// <summary>A time: how long ago, and exactly where somebody points at it.</summary>
    public static Html Time(DateTimeOffset? time, DateTimeOffset now) => time is { } at
        ? Html.Of($"""<time datetime="{Words.Iso(at)}" title="{Words.Utc(at)}">{Words.Ago(at, now)}</time>""")
        : Html.Of($"""<span class="none">–</span>""");

    /// <summary>A time, exactly.</summary>
    public static Html Exactly(DateTimeOffset? time) => time is { } at
        ? Html.Of($"""<time datetime="{Words.Iso(at)}">{Words.Utc(at)}</time>""")
        : Html.Of($"""<span class="none">–</span>""");

    public static Html Code(string text) => text.Length == 0 ? Html.Of($"""<span class="none">–</span>""") : Html.Of($"<code>{text}</code>");

    /// <summary>JSON or another text in its own lines, to be scrolled with the keyboard too.</summary>
    public static Html Block(string text, string label) =>
        Html.Of($"""<pre tabindex="0" role="region" aria-label="{label}">{text}</pre>""");

    /// <summary>Renewed by itself while somebody looks.</summary>
    public static Html Live(string id, Html content) => Html.Of($"""<div id="{id}" data-live>{content}</div>""");

    public static Html Section(string id, string title, Html content, Html beside = default) => Html.Of($"""
        <section aria-labelledby="{id}-title"><div class="head"><h2 id="{id}-title">{title}</h2>{beside}</div>{content}</section>
        """);

    /// <summary>
    /// A table; <paramref name="none"/> where it has no row. A column of numbers is named with # before it. Where it is too wide it scrolls inside itself; in a narrow window
    /// each row is a card, whose values carry their columns' names.
    /// </summary>
    public static Html Table(string caption, IReadOnlyList<string> columns, IReadOnlyList<Html> rows, Html none) => rows.Count == 0
        ? Html.Of($"""<p class="empty">{none}</p>""")
        : Html.Of($"""
            <div class="scroll" tabindex="0" role="region" aria-label="{caption}"><table><caption class="unseen">{caption}</caption>
            <thead><tr>{Html.Each(columns, Head)}</tr></thead>
            <tbody>{Html.Each(rows, row => Labelled(row, columns))}</tbody></table></div>
            """);

    private static Html Head(string column) => column.StartsWith('#') ? Html.Of($"""<th scope="col" class="number">{column[1..]}</th>""") : Html.Of($"""<th scope="col">{column}</th>""");

    // What people wrote is encoded: cells begin in templates alone.
    private static Html Labelled(Html row, IReadOnlyList<string> columns)
    {
        var at = 0;
        return row.Changed(text => Cell().Replace(text, cell => at < columns.Count ? $"{cell.Value} data-label=\"{Html.Of($"{columns[at++].TrimStart('#')}")}\"" : cell.Value));
    }

    [GeneratedRegex("<t[dh](?=[ >])")]
    private static partial Regex Cell();

    public static Html Text(string text) => Html.Of($"{text}");

    /// <summary>Names and values.</summary>
    public static Html Facts(params IReadOnlyList<(string Name, Html Value)> facts) => Html.Of($"""
        <dl class="facts">{Html.Each(facts.Where(fact => !fact.Value.IsEmpty), fact => Html.Of($"<div><dt>{fact.Name}</dt><dd>{fact.Value}</dd></div>"))}</dl>
        """);

    public static Html Input(string name, string label, string value = "", string type = "text", string hint = "", bool required = false, int most = 1000)
    {
        var must = required ? Html.Of($"required") : Html.None;
        return Html.Of($"""
            <label class="field"><span>{label}</span><input name="{name}" type="{type}" value="{value}" maxlength="{most}" {must} autocomplete="off"/>{Hint(hint)}</label>
            """);
    }

    public static Html Area(string name, string label, string value, int rows = 10, string hint = "") => Html.Of($"""
        <label class="field"><span>{label}</span><textarea name="{name}" rows="{rows}" spellcheck="false">
        {value}</textarea>{Hint(hint)}</label>
        """);

    public static Html Choice(string name, string label, IEnumerable<(string Value, string Text)> options, string chosen) => Html.Of($"""
        <label class="field"><span>{label}</span><select name="{name}">{Html.Each(options, option => Html.Of(
            $"""<option value="{option.Value}" {(option.Value == chosen ? Html.Of($"selected") : Html.None)}>{option.Text}</option>"""))}</select></label>
        """);

    public static Html Hidden(string name, string value) => value.Length == 0 ? Html.None : Html.Of($"""<input type="hidden" name="{name}" value="{value}"/>""");

    private static Html Hint(string hint) => hint.Length == 0 ? Html.None : Html.Of($"<small>{hint}</small>");
}
