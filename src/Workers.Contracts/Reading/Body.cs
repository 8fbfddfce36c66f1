using System.Text.Json;
using System.Text.Unicode;

namespace Workers.Contracts.Reading;

/// <summary>A request's bytes as JSON: one object, at most 64 deep, no member twice, every text whole.</summary>
internal static class Body
{
    public const int MaxDepth = 64;

    private const int LongestPath = 500;

    private static readonly JsonDocumentOptions Options = new() { MaxDepth = MaxDepth, AllowDuplicateProperties = false };
    private static readonly JsonDocumentOptions Lenient = new() { MaxDepth = MaxDepth };

    /// <summary>The document, or why there is none.</summary>
    public static JsonDocument? Parse(ReadOnlyMemory<byte> body, out ReadFailure? failure)
    {
        failure = null;
        if (!Utf8.IsValid(body.Span))
        {
            failure = ReadFailure.Of(ReadFailure.Malformed, "The body is not valid UTF-8");
            return null;
        }

        JsonDocument? document = null;
        try
        {
            if (HasSurrogates(body.Span))
            {
                CheckTexts(body.Span);
            }

            document = JsonDocument.Parse(body, Options);
        }
        catch (InvalidOperationException)
        {
            failure = ReadFailure.Of(ReadFailure.Malformed, "The body has a text with half a surrogate pair");
        }
        catch (JsonException cause)
        {
            failure = WhyNot(body, cause);
        }

        if (document is not null && document.RootElement.ValueKind != JsonValueKind.Object)
        {
            document.Dispose();
            document = null;
            failure = ReadFailure.Of(ReadFailure.Malformed, "The body must be a JSON object");
        }

        return document;
    }

    // Escaped surrogates are the only texts that valid UTF-8 and valid JSON let through broken.
    private static bool HasSurrogates(ReadOnlySpan<byte> body) => body.IndexOf("\\ud"u8) >= 0 || body.IndexOf("\\uD"u8) >= 0;

    private static void CheckTexts(ReadOnlySpan<byte> body)
    {
        var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = MaxDepth });
        while (reader.Read())
        {
            if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName)
            {
                reader.GetString();
            }
        }
    }

    private static ReadFailure WhyNot(ReadOnlyMemory<byte> body, JsonException cause)
    {
        try
        {
            using var document = JsonDocument.Parse(body, Lenient);
            var path = new List<string>();
            Repeated(document.RootElement, path);
            path.Reverse();
            var twice = Shortened(string.Concat(path).TrimStart('.'));
            return ReadFailure.Of([new(twice, $"{twice} is given twice")]);
        }
        catch (JsonException)
        {
            return ReadFailure.Of(
                ReadFailure.Malformed,
                $"The body is not valid JSON, or deeper than {MaxDepth} levels (line {cause.LineNumber + 1}, byte {cause.BytePositionInLine + 1})");
        }
    }

    private static string Shortened(string path) => path.Length <= LongestPath ? path : path[..LongestPath] + "…";

    // The way to the first, from its end: no text is made for members that are given once.
    private static bool Repeated(JsonElement element, List<string> path)
    {
        if (element.ValueKind == JsonValueKind.Array)
        {
            var index = 0;
            foreach (var item in element.EnumerateArray())
            {
                if (Repeated(item, path))
                {
                    path.Add($"[{index}]");
                    return true;
                }

                index++;
            }
        }
        else if (element.ValueKind == JsonValueKind.Object)
        {
            var seen = new HashSet<string>(StringComparer.Ordinal);
            foreach (var member in element.EnumerateObject())
            {
                if (!seen.Add(member.Name) || Repeated(member.Value, path))
                {
                    path.Add("." + member.Name);
                    return true;
                }
            }
        }

        return false;
    }
}
