using System.Text.Json;
using System.Text.Unicode;

namespace Workers.Contracts.Json;

/// <summary>Texts of JSON that is not ours: bytes that are no UTF-8, and half a character (<c>\ud800</c> alone), can neither be read nor told.</summary>
public static class JsonUnicode
{
    /// <summary>Whether each text in it is valid Unicode.</summary>
    /// <param name="json">JSON of any kind.</param>
    /// <exception cref="JsonException">It is valid UTF-8, but no JSON.</exception>
    public static bool IsWhole(ReadOnlySpan<byte> json)
    {
        if (!Utf8.IsValid(json))
        {
            return false;
        }

        // Escaped surrogates are the only texts that valid UTF-8 and valid JSON let through broken.
        if (json.IndexOf("\\ud"u8) < 0 && json.IndexOf("\\uD"u8) < 0)
        {
            return true;
        }

        try
        {
            var reader = new Utf8JsonReader(json);
            while (reader.Read())
            {
                if (reader is { TokenType: JsonTokenType.PropertyName or JsonTokenType.String, ValueIsEscaped: true })
                {
                    reader.GetString();
                }
            }

            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }
}
