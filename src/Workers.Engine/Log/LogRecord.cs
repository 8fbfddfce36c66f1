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

    /// <summary>The aggregate's id, or the flow instance's; never empty.</summary>
    public required string Key { get; init; }

    /// <summary>Milliseconds since 1970.</summary>
    public required long TimestampMs { get; init; }

    public HeaderBlock Headers
    {
        get => _headers;
        init => _headers = value;
    }

    public ReadOnlyMemory<byte> Value { get; init; }

    public int Partition { get; set; } = -1;

    public long Offset { get; set; } = -1;

    public PartitionId Where => new(Topic, Partition);

    /// <summary>One header more, before the record is appended.</summary>
    internal void Add(HeaderName name, string value) => _headers = _headers.With(name, value);
}
