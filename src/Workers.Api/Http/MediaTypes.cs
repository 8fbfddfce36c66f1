using Microsoft.Net.Http.Headers;

namespace Workers.Api.Http;

/// <summary>What bodies are said to be, and what callers take.</summary>
internal static class MediaTypes
{
    public const string EventStream = "text/event-stream";

    public const string Csv = "text/csv";
    public const string JsonLines = "application/x-ndjson";

    public static bool IsJson(string? contentType)
    {
        if (contentType is null or JsonAnswer.MediaType)
        {
            return contentType is not null;
        }

        return MediaTypeHeaderValue.TryParse(contentType, out var type)
            && (type.MediaType.Equals(JsonAnswer.MediaType, StringComparison.OrdinalIgnoreCase) || type.Suffix.Equals("json", StringComparison.OrdinalIgnoreCase))
            && (!type.Charset.HasValue || type.Charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase) || type.Charset.Equals("\"utf-8\"", StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>Whether a caller with this <c>Accept</c> takes JSON; a caller without one takes anything.</summary>
    public static bool TakesJson(string? accept) =>
        string.IsNullOrEmpty(accept) || Has(accept, "*/*") || Has(accept, "json") || Has(accept, "application/*");

    public static bool TakesEvents(string? accept) => accept is not null && Has(accept, EventStream);

    public static bool TakesCsv(string? accept) => accept is not null && Has(accept, Csv);

    public static bool TakesJsonLines(string? accept) => accept is not null && Has(accept, "ndjson");

    private static bool Has(string accept, string type) => accept.Contains(type, StringComparison.OrdinalIgnoreCase);
}
