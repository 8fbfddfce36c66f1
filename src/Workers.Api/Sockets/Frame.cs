using System.Buffers;
using System.Text.Json;
using Workers.Api.Feeds;
using Workers.Api.Http;
using Workers.Contracts.Headers;
using Workers.Contracts.Json;
using Workers.Engine.Log;

namespace Workers.Api.Sockets;

/// <summary>One event as it goes to clients: <c>{"event","type","id","seq","at","data"}</c>, written once for all of them.</summary>
internal sealed class Frame
{
    /// <summary>The feeds that clients hear of; of <c>cqrs-events</c> what callers posted, the rest is told by the others.</summary>
    public static readonly IReadOnlyList<string> Topics = [Contracts.Topics.CommandEvents, Contracts.Topics.RepositoryEvents, Contracts.Topics.CqrsEvents];

    private const string Posted = "event";

    private Frame(string name, string? userId, LogRecord? record, ReadOnlyMemory<byte> text) => (Event, UserId, Record, Text) = (name, userId, record, text);

    /// <summary>The documents' name.</summary>
    public string Event { get; }

    /// <summary>Whom it concerns; null for nobody in particular.</summary>
    public string? UserId { get; }

    /// <summary>Null for what the connection itself says.</summary>
    public LogRecord? Record { get; }

    public ReadOnlyMemory<byte> Text { get; }

    public static bool Tells(LogRecord record) => record.Topic switch
    {
        Contracts.Topics.CommandEvents or Contracts.Topics.RepositoryEvents => true,
        Contracts.Topics.CqrsEvents => record.Headers.Has(HeaderName.Origin),
        _ => false,
    };

    public static string NameOf(LogRecord record) => record.Topic == Contracts.Topics.CqrsEvents ? Posted : record.Headers.Get(HeaderName.Type) ?? Posted;

    /// <param name="record">One that is told.</param>
    /// <param name="seq">What to go on from behind it.</param>
    public static Frame Of(LogRecord record, string seq)
    {
        var name = NameOf(record);
        var type = record.Topic == Contracts.Topics.CqrsEvents ? record.Headers.Get(HeaderName.Type) : FeedEvent.NameOf(record);
        var text = Write(record.Value.Length + 256, writer =>
        {
            writer.WriteString("event"u8, name);
            writer.WriteText("type", type);
            writer.WriteString("id"u8, record.Id);
            writer.WriteString("seq"u8, seq);
            writer.WriteTime("at", record.TimestampMs);
            writer.WriteRaw("data", record.Value.Span);
        });
        return new Frame(name, record.Headers.Get(HeaderName.UserId), record, text);
    }

    /// <summary>Events that come after a place are not kept any more.</summary>
    public static Frame Gap(string after, string seq, DateTimeOffset now) => Own("gap", writer =>
    {
        writer.WriteString("seq"u8, seq);
        writer.WriteTime("at", now.ToUnixTimeMilliseconds());
        writer.WriteStartObject("data"u8);
        writer.WriteString("after"u8, after);
        writer.WriteEndObject();
    });

    /// <summary>What the client asked for holds from here on.</summary>
    public static Frame Subscribed(IReadOnlyList<string> patterns, string seq, DateTimeOffset now) => Own("subscribed", writer =>
    {
        writer.WriteString("seq"u8, seq);
        writer.WriteTime("at", now.ToUnixTimeMilliseconds());
        writer.WriteStartObject("data"u8);
        writer.WriteTexts("subscribe", patterns);
        writer.WriteEndObject();
    });

    /// <summary>What the client sent was not understood; everything stays as it was.</summary>
    public static Frame Error(string sentence) => Own("error", writer => writer.WriteString("error"u8, "Validation error: " + sentence));

    private static Frame Own(string name, Action<Utf8JsonWriter> members) => new(name, null, null, Write(256, writer =>
    {
        writer.WriteString("event"u8, name);
        members(writer);
    }));

    private static ReadOnlyMemory<byte> Write(int size, Action<Utf8JsonWriter> members)
    {
        var output = new ArrayBufferWriter<byte>(size);
        using var writer = new Utf8JsonWriter(output, JsonWriting.Options);
        writer.WriteStartObject();
        members(writer);
        writer.WriteEndObject();
        writer.Flush();
        return output.WrittenMemory;
    }
}
