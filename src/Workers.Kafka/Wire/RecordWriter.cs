using System.Buffers.Text;
using System.Runtime.InteropServices;
using System.Text;
using Confluent.Kafka;
using Workers.Contracts.Headers;
using Workers.Engine.Log;

namespace Workers.Kafka.Wire;

/// <summary>A record as CloudEvents in binary mode. <see cref="RecordReader"/> makes an equal one of it.</summary>
internal static class RecordWriter
{
    private static readonly byte[] Version = "1.0"u8.ToArray();
    private static readonly byte[] Json = "application/json"u8.ToArray();

    public static Message<byte[], byte[]> Write(LogRecord record)
    {
        var id = new byte[36];
        record.Id.TryFormat(id, out _);
        var headers = new Headers
        {
            { WireNames.SpecVersion, Version },
            { WireNames.Id, id },
            { WireNames.Time, Time(record.TimestampMs) },
            { WireNames.OurId, id },
        };
        var (at, typed) = (0, false);
        while (record.Headers.Next(ref at, out var code, out var name, out var value))
        {
            if (code != HeaderName.Other)
            {
                headers.Add(HeaderNames.Of(code), value.ToArray());
                typed |= code == HeaderName.ContentType;
            }
            else if (Encoding.UTF8.GetString(name) is var other && !WireNames.IsOfRecord(other))
            {
                headers.Add(other, value.ToArray());
            }
        }

        if (!typed)
        {
            headers.Add(HeaderNames.Of(HeaderName.ContentType), Json);
        }

        return new Message<byte[], byte[]>
        {
            Key = Encoding.UTF8.GetBytes(record.Key),
            Value = Bytes(record.Value),
            Headers = headers,
            Timestamp = new Timestamp(record.TimestampMs, TimestampType.CreateTime),
        };
    }

    private static byte[] Bytes(ReadOnlyMemory<byte> value) =>
        MemoryMarshal.TryGetArray(value, out var segment) && segment.Offset == 0 && segment.Count == segment.Array!.Length
            ? segment.Array
            : value.ToArray();

    // RFC 3339 with seven digits.
    private static byte[] Time(long timestampMs)
    {
        var text = new byte[28];
        Utf8Formatter.TryFormat(DateTime.UnixEpoch.AddMilliseconds(timestampMs), text, out _, 'O');
        return text;
    }
}
