using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Workers.Api.Http;

/// <summary>Answers that are lists: <c>{"items":[…],"next_cursor","total"|"total_estimate"}</c>.</summary>
internal static class JsonList
{
    /// <param name="http">The request.</param>
    /// <param name="items">A page.</param>
    /// <param name="nextCursor">Where the next one begins; null where there is none.</param>
    /// <param name="write">Writes one.</param>
    /// <param name="total">How many there are in all; null where nobody has counted.</param>
    /// <param name="isEstimate">The total is one.</param>
    /// <param name="isIncomplete">Some are missing, and it is said so.</param>
    public static Task SendAsync<T>(HttpContext http, IReadOnlyList<T> items, string? nextCursor, Action<Utf8JsonWriter, T> write, long? total = null, bool isEstimate = false,
        bool isIncomplete = false)
    {
        using var json = JsonAnswer.Rent();
        var writer = json.Writer;
        writer.WriteStartObject();
        writer.WriteStartArray("items"u8);
        foreach (var item in items)
        {
            write(writer, item);
        }

        writer.WriteEndArray();
        writer.WriteText("next_cursor", nextCursor);
        if (total is { } count)
        {
            writer.WriteNumber(isEstimate ? "total_estimate"u8 : "total"u8, count);
        }

        if (isIncomplete)
        {
            writer.WriteBoolean("incomplete"u8, true);
        }

        writer.WriteEndObject();
        return json.SendAsync(http, StatusCodes.Status200OK);
    }
}
