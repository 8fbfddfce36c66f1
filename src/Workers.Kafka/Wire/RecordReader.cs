using System.Buffers.Text;
using System.Text;
using Confluent.Kafka;
using Workers.Contracts.Headers;
using Workers.Engine.Log;

namespace Workers.Kafka.Wire;

/// <summary>Makes records of what lies on Kafka: ours as they were written, those of other systems by <see cref="ForeignReader"/>. Never throws.</summary>
internal sealed class RecordReader(KafkaTopics topics, ForeignReader foreign)
{
    [ThreadStatic]
    private static HeaderWriter? t_headers;

    public LogRecord Read(ConsumeResult<byte[], byte[]> found)
    {
        var message = found.Message;
        var where = topics.Of(found.TopicPartition);
        var time = message.Timestamp.UnixTimestampMs;
        if (!message.Headers.TryGetLastBytes(WireNames.OurId, out var text) || !Guid.TryParse(Encoding.ASCII.GetString(text ?? []), out var id))
        {
            return foreign.Read(found, where, time, null);
        }

        var headers = (t_headers ??= new HeaderWriter()).Clear();
        foreach (var header in message.Headers)
        {
            var value = header.GetValueBytes() ?? [];
            switch (header.Key)
            {
                case WireNames.SpecVersion or WireNames.Id or WireNames.OurId:
                    break;
                case WireNames.Time:
                    if (Utf8Parser.TryParse(value, out DateTime at, out _, 'O'))
                    {
                        time = (long)(at.ToUniversalTime() - DateTime.UnixEpoch).TotalMilliseconds;
                    }

                    break;
                case "content-type" when value.AsSpan().SequenceEqual("application/json"u8):
                    break;
                case "workers-unreadable":
                    // Sent on, or sent again by hand: perhaps it can be read now.
                    return foreign.Read(found, where, time, id);
                default:
                    headers.Add(header.Key, value);
                    break;
            }
        }

        return new LogRecord
        {
            Id = id,
            Topic = where.Topic,
            Key = message.Key is { } key ? Encoding.UTF8.GetString(key) : "",
            TimestampMs = time,
            Headers = headers.Take(),
            Value = message.Value ?? [],
            Partition = where.Number,
            Offset = found.Offset.Value,
        };
    }
}
