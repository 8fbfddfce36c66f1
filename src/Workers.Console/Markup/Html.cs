using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Unicode;

namespace Workers.Pages.Markup;

/// <summary>
/// Markup. It comes of templates alone, <c>Html.Of($"…")</c>, whose holes are encoded whatever is put into them, unless that is markup itself. Attributes stand in double
/// quotes: what is encoded cannot leave them.
/// </summary>
internal readonly record struct Html
{
    private readonly string? _text;

    private Html(string text) => _text = text;

    public static Html None { get; }

    public bool IsEmpty => string.IsNullOrEmpty(_text);

    public static Html Of(Template template) => new(template.Text());

    /// <summary>The template where the condition holds, else nothing.</summary>
    public static Html If(bool condition, Func<Html> then) => condition ? then() : None;

    public static Html Each<T>(IEnumerable<T> items, Func<T, Html> one) => Join(items.Select(one));

    public static Html Join(IEnumerable<Html> parts)
    {
        var text = new StringBuilder();
        foreach (var part in parts)
        {
            text.Append(part._text);
        }

        return new(text.ToString());
    }

    /// <summary>The same, changed as markup: whoever changes it answers for what it puts in.</summary>
    public Html Changed(Func<string, string> change) => new(change(ToString()));

    public override string ToString() => _text ?? "";

    /// <summary>A text with holes.</summary>
    [InterpolatedStringHandler]
    internal readonly struct Template
    {
        private static readonly HtmlEncoder s_encoder = HtmlEncoder.Create(UnicodeRanges.All);
        private readonly StringBuilder _text;

        public Template(int literalLength, int formattedCount) => _text = new StringBuilder(literalLength + (formattedCount * 16));

        public void AppendLiteral(string text) => _text.Append(text);

        public void AppendFormatted(Html part) => _text.Append(part._text);

        public void AppendFormatted(string? text) => _text.Append(text is null ? "" : s_encoder.Encode(text));

        public void AppendFormatted<T>(T value)
            where T : struct, IFormattable => AppendFormatted(value.ToString(null, CultureInfo.InvariantCulture));

        internal string Text() => _text.ToString();
    }
}
