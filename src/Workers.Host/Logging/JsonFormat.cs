using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace Workers.Host.Logging;

/// <summary>For programs: an object a line, the sentence's named values as members of their own in snake_case.</summary>
internal sealed class JsonFormat
{
    private static readonly HashSet<string> Reserved = ["time", "level", "category", "event", "message", "trace_id", "span_id", "error"];

    private readonly ArrayBufferWriter<byte> _buffer = new(1_024);

    /// <summary>The line with its end, valid until the next one.</summary>
    public ReadOnlySpan<byte> Line(LogEntry entry)
    {
        _buffer.ResetWrittenCount();
        using (var json = new Utf8JsonWriter(_buffer))
        {
            json.WriteStartObject();
            json.WriteString("time", entry.At.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
            json.WriteString("level", entry.LevelWord);
            json.WriteString("category", entry.Category);
            json.WriteNumber("event", entry.EventId);
            json.WriteString("message", entry.Message);
            if (entry.TraceId is not null)
            {
                json.WriteString("trace_id", entry.TraceId);
                json.WriteString("span_id", entry.SpanId);
            }

            WriteValues(json, entry.Values);
            if (entry.Error is { } error)
            {
                json.WriteStartObject("error");
                json.WriteString("type", error.GetType().FullName);
                json.WriteString("message", error.Message);
                json.WriteString("stack", error.ToString());
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        _buffer.GetSpan(1)[0] = (byte)'\n';
        _buffer.Advance(1);
        return _buffer.WrittenSpan;
    }

    private static void WriteValues(Utf8JsonWriter json, IReadOnlyList<KeyValuePair<string, object?>> values)
    {
        var written = new HashSet<string>(Reserved);
        foreach (var (key, value) in values)
        {
            var name = JsonNamingPolicy.SnakeCaseLower.ConvertName(key);
            if (!written.Add(name))
            {
                continue;
            }

            switch (value)
            {
                case null:
                    json.WriteNull(name);
                    break;
                case bool flag:
                    json.WriteBoolean(name, flag);
                    break;
                case int or long or short or byte or uint:
                    json.WriteNumber(name, Convert.ToInt64(value, CultureInfo.InvariantCulture));
                    break;
                case double number when double.IsFinite(number):
                    json.WriteNumber(name, number);
                    break;
                case decimal number:
                    json.WriteNumber(name, number);
                    break;
                default:
                    json.WriteString(name, Convert.ToString(value, CultureInfo.InvariantCulture));
                    break;
            }
        }
    }
}
