using System.Text.Json;

namespace Workers.Handlers.Effects.Outside;

/// <summary>What the answers of handlers outside say.</summary>
internal static class HandlerAnswers
{
    /// <summary>A result is JSON; what is none becomes a text; null for nothing.</summary>
    public static string? Result(string text)
    {
        if (text.Length == 0)
        {
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(text);
            return text;
        }
        catch (JsonException)
        {
            return $"\"{JsonEncodedText.Encode(text)}\"";
        }
    }

    /// <summary>Code and sentence of a refusal, where it has them.</summary>
    public static (string? Code, string? Message) Refusal(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return (Member(document.RootElement, "code"), Member(document.RootElement, "error", "message", "detail"));
        }
        catch (JsonException)
        {
            return (null, text.Length is > 0 and <= 1_000 ? text : null);
        }
    }

    private static string? Member(JsonElement root, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (root.ValueKind == JsonValueKind.Object && root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String)
            {
                return value.GetString();
            }
        }

        return null;
    }
}
