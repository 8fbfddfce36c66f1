using System.Buffers;
using System.Text.Json;
using Workers.Api.Feeds;
using Workers.Contracts.Headers;
using Workers.Engine.Log;

namespace Workers.Api.Sockets;

/// <summary>One event as it goes to clients: <c>{"event","type","id","seq","at","data"}</c>, written once for all of them.</summary>
internal sealed class Frame
{
    private const string Posted = "event";

    private Frame(ReadOnlyMemory<byte> text) => Text = text;

    public ReadOnlyMemory<byte> Text { get; }

    /// <summary>Whether clients hear of it; of <c>cqrs-events</c> what callers posted, the rest is told by the other feeds.</summary>
    public static bool Tells(LogRecord record) => record.Topic switch
    {
        // Snapshots of figures concern who keeps figures, not who watches what happens.
        Contracts.Topics.CommandEvents => record.Headers.Get(HeaderName.Type) != "metrics.snapshot",
        Contracts.Topics.RepositoryEvents => true,
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
        return Write(record.Value.Length + 256, writer =>
        {
            writer.WriteString("event"u8, name);
            writer.WriteText("type", type);
            writer.WriteString("id"u8, record.Id);
            writer.WriteString("seq"u8, seq);
            writer.WriteTime("at", record.TimestampMs);
            writer.WriteRaw("data", record.Value.Span);
        });
    }

    /// <summary>What was read up to here is not for this client: it is no further behind than this.</summary>
    public static Frame Passed(string seq, DateTimeOffset now) => Own("passed", writer =>
    {
        writer.WriteString("seq"u8, seq);
        writer.WriteTime("at", now.ToUnixTimeMilliseconds());
    });

    /// <summary>Events that come after a place are not kept any more, or the place is none in this log.</summary>
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

    private static Frame Own(string name, Action<Utf8JsonWriter> members) => Write(256, writer =>
    {
        writer.WriteString("event"u8, name);
        members(writer);
    });

    private static Frame Write(int size, Action<Utf8JsonWriter> members)
    {
        var output = new ArrayBufferWriter<byte>(size);
        using var writer = new Utf8JsonWriter(output, JsonWriting.Options);
        writer.WriteStartObject();
        members(writer);
        writer.WriteEndObject();
        writer.Flush();
        return new Frame(output.WrittenMemory);
    }
}
