using Workers.Contracts.Headers;

namespace Workers.Engine.Log;

/// <summary>One partition of one topic.</summary>
public readonly record struct PartitionId(string Topic, int Number)
{
    public override string ToString() => $"{Topic}-{Number}";
}

/// <summary>
/// A record of the log: what a door, a pump or another system put on a topic. <see cref="Partition"/> and <see cref="Offset"/> are set
/// by the log when it is appended; offsets of a partition grow but need not be gapless.
/// </summary>
public sealed class LogRecord
{
    private HeaderBlock _headers;

    /// <summary>Made by the door (UUIDv7); of a foreign record, derived from where it lies.</summary>
    public required Guid Id { get; init; }

    public required string Topic { get; init; }

    /// <summary>The aggregate's id, or the flow instance's; empty only where another system's record could not be read.</summary>
    public required string Key { get; init; }

    /// <summary>Milliseconds since 1970.</summary>
    public required long TimestampMs { get; init; }

    public HeaderBlock Headers
    {
        get => _headers;
        init => _headers = value;
    }

    /// <summary>For a copy that goes on elsewhere: all but how the record came here, which whoever relays the copy says anew.</summary>
    internal HeaderBlock HeadersToPass => _headers.Without(HeaderName.Shard, HeaderName.Seq);

    public ReadOnlyMemory<byte> Value { get; init; }

    public int Partition { get; set; } = -1;

    public long Offset { get; set; } = -1;

    /// <summary>Since when it may run: when it was made, or when it is due.</summary>
    internal long ReadyMs => Due.Of(Headers) is { } due ? Math.Max(due.AtMs, TimestampMs) : TimestampMs;

    public PartitionId Where => new(Topic, Partition);

    /// <summary>One header more, before the record is appended.</summary>
    internal void Add(HeaderName name, string value) => _headers = _headers.With(name, value);

    /// <summary>One header for another, before the record is appended.</summary>
    internal void Replace(HeaderName name, string value) => _headers = _headers.Without(name).With(name, value);
}
