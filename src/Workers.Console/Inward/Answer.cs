using System.Text;
using System.Text.Json;
using Workers.Pages.Markup;

namespace Workers.Pages.Inward;

/// <summary>What the API answered.</summary>
internal sealed record Answer(int Status, string ContentType, byte[] Bytes, string Location)
{
    private Json? _json;

    public bool IsDone => Status is >= 200 and < 300;

    /// <summary>Nothing where it is no JSON.</summary>
    public Json Json => _json ??= Read();

    public string Text => Encoding.UTF8.GetString(Bytes);

    /// <summary>The sentence for a person, with what is wrong of each field.</summary>
    public string Error
    {
        get
        {
            var said = Json["error"].Text;
            var fields = Json["errors"].Members.SelectMany(wrong => wrong.Value.Texts).Where(text => !said.Contains(text, StringComparison.Ordinal)).ToList();
            return (said.Length == 0 ? $"The request was answered with {Status}" : said) + (fields.Count == 0 ? "" : $" ({string.Join("; ", fields)})");
        }
    }

    private Json Read()
    {
        if (Bytes.Length == 0 || !ContentType.Contains("json", StringComparison.Ordinal))
        {
            return default;
        }

        using var document = JsonDocument.Parse(Bytes);
        return new(document.RootElement.Clone());
    }
}

/// <summary>A read that a page cannot do without was refused.</summary>
internal sealed class RefusedException(Answer answer) : Exception(answer.Error)
{
    public Answer Answer { get; } = answer;
}
