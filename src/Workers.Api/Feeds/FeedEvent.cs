using System.Text;
using System.Text.Json;
using Workers.Contracts.Headers;
using Workers.Engine.Log;

namespace Workers.Api.Feeds;

/// <summary>A feed's record as a CloudEvent in JSON, with where it lies.</summary>
internal static class FeedEvent
{
    private const string Extension = "ce_";

    /// <param name="record">Of a feed.</param>
    /// <param name="seq">What to go on from behind it.</param>
    public static void Write(Utf8JsonWriter writer, LogRecord record, string seq)
    {
        writer.WriteStartObject();
        writer.WriteString("specversion"u8, "1.0"u8);
        writer.WriteString("id"u8, record.Id);
        writer.WriteString("source"u8, record.Headers.Get(HeaderName.Source) ?? "workers");
        writer.WriteString("type"u8, record.Headers.Get(HeaderName.Type));
        writer.WriteTime("time", record.TimestampMs);
        writer.WriteString("datacontenttype"u8, "application/json"u8);
        WriteExtensions(writer, record.Headers);
        writer.WriteNumber("partition"u8, record.Partition);
        writer.WriteNumber("offset"u8, record.Offset);
        writer.WriteString("seq"u8, seq);
        writer.WriteRaw("data", record.Value.Span);
        writer.WriteEndObject();
    }

    /// <summary>The command's or the domain event's own name.</summary>
    public static string? NameOf(LogRecord record)
    {
        var at = 0;
        while (record.Headers.Next(ref at, out var code, out var name, out var value))
        {
            if (code == HeaderName.Other && name.SequenceEqual("ce_name"u8))
            {
                return Encoding.UTF8.GetString(value);
            }
        }

        return null;
    }

    private static void WriteExtensions(Utf8JsonWriter writer, HeaderBlock headers)
    {
        foreach (var (name, value) in headers.All())
        {
            if (name is "traceparent" or "tracestate")
            {
                writer.WriteString(name, value);
            }
            else if (name.StartsWith(Extension, StringComparison.Ordinal) && name is not ("ce_type" or "ce_source"))
            {
                writer.WriteString(name.AsSpan(Extension.Length), value);
            }
        }
    }
}
