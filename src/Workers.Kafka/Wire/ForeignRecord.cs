using System.Text;
using Confluent.Kafka;
using Workers.Contracts.Commands;
using Workers.Contracts.Headers;
using Workers.Engine.Log;
using Workers.Engine.Projections;

namespace Workers.Kafka.Wire;

/// <summary>A record of another system, as it lies.</summary>
internal sealed class ForeignRecord(ConsumeResult<byte[], byte[]> found, PartitionId where, long time, Guid id, bool again)
{
    private const int MaxHeaderBytes = 64 << 10;
    private const int MaxKeyBytes = 1_024;
    private const int MaxSentence = 2_000;
    private const string OriginalKey = "workers-original-key";

    // A record that was sent on or again keeps these.
    private static readonly HeaderName[] Sent = [HeaderName.Shard, HeaderName.Seq, HeaderName.Replay];

    public Guid Id => id;

    public PartitionId Where => where;

    public Headers Headers => found.Message.Headers;

    /// <summary>Of a record that was sent on or again: the one it had at first.</summary>
    public byte[] Key { get; } = found.Message.Key is { Length: > 0 } key
        ? key
        : found.Message.Headers.TryGetLastBytes(OriginalKey, out var original) ? original : [];

    /// <summary>The caller's id; null where there is none.</summary>
    public string? CallerId { get; } = CloudEvent.Text(found.Message.Headers, again ? HeaderNames.Of(HeaderName.CommandId) : WireNames.Id);

    public byte[] Value => found.Message.Value ?? [];

    public LogRecord Record(string key, HeaderBlock headers, ReadOnlyMemory<byte> value) => new()
    {
        Id = id,
        Topic = where.Topic,
        Key = key,
        TimestampMs = time,
        Headers = headers,
        Value = value,
        Partition = where.Number,
        Offset = found.Offset.Value,
    };

    /// <summary>What cannot be executed, with its bytes.</summary>
    /// <param name="type">The command that it says it is.</param>
    /// <param name="kept">Bytes of the value.</param>
    /// <param name="key">The aggregate's; the pump sends what is refused to where that belongs. All else stays where it lies: nobody knows its key.</param>
    /// <param name="said">What a structured event said. Where its data are base64 they are kept decoded, in binary mode: so it is seen what in them nobody should read.</param>
    public LogRecord Failed(Unreadable why, string? type, int kept = int.MaxValue, string key = "", CloudEvent? said = null)
    {
        var sentence = why.Sentence.Length > MaxSentence ? why.Sentence[..MaxSentence] : why.Sentence;
        var coded = said is { IsCoded: true } ? said : null;
        var headers = new HeaderWriter()
            .Add(HeaderName.Unreadable, (why with { Sentence = sentence }).ToString())
            .Add(HeaderName.Type, type?[(type.LastIndexOf('.') + 1)..])
            .Add(HeaderName.Door, CommandRow.KafkaDoor)
            .Add(HeaderName.CommandId, CallerId ?? (coded?.Id is { } own && IdRules.IsId(own) ? own : null));
        if (coded is not null)
        {
            headers.Add(HeaderName.Source, coded.Source).Add(HeaderName.CorrelationId, coded.CorrelationId).Add(HeaderName.CausationId, coded.CausationId);
        }

        if (Key.Length > 0)
        {
            headers.Add(OriginalKey, Key.AsSpan(0, Math.Min(Key.Length, MaxKeyBytes)));
        }

        AddOthers(headers, forReadingAgain: true, isCoded: coded is not null);
        return Record(
            why.Reason == Unreadable.Refused && IdRules.IsId(key) ? key : "", headers.Take(), coded?.Data ?? Value.AsMemory(0, Math.Min(Value.Length, kept)));
    }

    /// <summary>Headers that mean nothing to the platform, as they are, up to 64 KiB.</summary>
    /// <param name="forReadingAgain">Also those that say what the record is.</param>
    /// <param name="isCoded">But not that it is a structured event.</param>
    public void AddOthers(HeaderWriter headers, bool forReadingAgain = false, bool isCoded = false)
    {
        foreach (var name in again ? Sent : [])
        {
            headers.Add(name, CloudEvent.Text(Headers, HeaderNames.Of(name)));
        }

        var left = MaxHeaderBytes;
        foreach (var header in Headers)
        {
            var value = header.GetValueBytes() ?? [];
            left -= value.Length + Encoding.UTF8.GetByteCount(header.Key);
            if (left >= 0 && !IsOurs(header.Key) && !(isCoded && header.Key.Equals(CloudEvent.ContentType, StringComparison.OrdinalIgnoreCase)) && (forReadingAgain ? header.Key != "ce_type" : !IsEnvelope(header.Key)))
            {
                headers.Add(header.Key, value);
            }
        }
    }

    private static bool IsOurs(string name) =>
        name.StartsWith(WireNames.Ours, StringComparison.OrdinalIgnoreCase) || name.StartsWith("MT-", StringComparison.OrdinalIgnoreCase)
        || WireNames.IsOfRecord(name);

    private static bool IsEnvelope(string name) =>
        name.Equals("type", StringComparison.OrdinalIgnoreCase) || HeaderNames.Find(name) != HeaderName.Other;
}
