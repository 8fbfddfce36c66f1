using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Workers.Api.Http;

/// <summary>Answers that are lists: <c>{"items":[…],"next_cursor","total"}</c>.</summary>
internal static class JsonList
{
    public static Task SendAsync<T>(HttpContext http, IReadOnlyList<T> items, string? nextCursor, Action<Utf8JsonWriter, T> write, long? total = null)
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
            writer.WriteNumber("total"u8, count);
        }

        writer.WriteEndObject();
        return json.SendAsync(http, StatusCodes.Status200OK);
    }
}
