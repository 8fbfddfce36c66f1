using Workers.Engine.Log;

namespace Workers.Engine.Store;

/// <summary>Identity of an aggregate or saga instance: kind (<c>user</c>, <c>order</c>, <c>flow:order</c>, …) and id.</summary>
public readonly record struct StateKey(string Kind, string Id)
{
    public bool Equals(StateKey other) => Id == other.Id && Kind == other.Kind;

    /// <summary>Of the id alone: hardly two kinds share one, and the session looks keys up several times a record.</summary>
    public override int GetHashCode() => Id.GetHashCode(StringComparison.Ordinal);
}

/// <param name="LastEvent">Where the stream's last event lies in the store (0: none): events are read backwards from here.</param>
public sealed record StateRow(long Version, ReadOnlyMemory<byte> Data, long LastEvent);

/// <summary>
/// Where a stream's last event lies. Made from <see cref="StateRow.LastEvent"/>, then moved by the store as it writes the stream's events, so
/// that each event can point back to the one before it without a query. Dropped with the aggregate after any failed flush.
/// </summary>
public sealed class StreamTail(long lastEvent)
{
    public long LastEvent { get; set; } = lastEvent;
}

/// <param name="Previous">The stored version that this replaces; 0 creates the row. A mismatch fails the flush with an exception.</param>
/// <param name="Data">UTF-8 JSON; null deletes the row.</param>
/// <param name="Label">A saga's current state, by which instances are listed; null for aggregates.</param>
/// <param name="Tail">The stream's tail, for kinds that have events; the store writes it into the row.</param>
public sealed record StateWrite(StateKey Key, long Previous, long Version, byte[]? Data, string? Label, long UpdatedMs, StreamTail? Tail);

/// <summary>An event of a stream: append-only.</summary>
public sealed record EventWrite(StateKey Stream, StreamTail Tail, long Version, string Type, int Schema, long AtMs, Guid CommandId, byte[] Data);

/// <summary>A stored event.</summary>
public sealed record EventRow(long Seq, StateKey Stream, long Version, string Type, int Schema, long AtMs, Guid CommandId, byte[] Data);

/// <summary>A caller's key: 16 bytes of hash → the first command's record id and the fingerprint of its data.</summary>
public sealed record CallerKeyWrite(Guid Hash, Guid CommandId, byte[] Fingerprint, long AtMs);

/// <summary>A caller's key in the order in which keys are forgotten: by their age.</summary>
public readonly record struct CallerKeyPlace(long AtMs, Guid Hash);

/// <summary>Claims (or releases) a value in a space (<c>email</c>, <c>sku</c>) for an owner.</summary>
public sealed record UniqueWrite(string Space, string Value, string Owner, bool Release);

/// <summary>A message that becomes a record of the log when it is due. Belongs to the flush's group and partition.</summary>
public sealed record TimerWrite(Guid Token, long DueMs, LogRecord Message);

/// <summary>
/// A record set aside by the pump of its group and partition: a key that waits for a retry or for what is before it, a paused one, or an effect
/// to be executed. <see cref="Order"/> is unique in the partition and gives the order within a key; writing a row again replaces it.
/// </summary>
public sealed record ParkedRow(long Order, LogRecord Record, int Attempts, long DueMs, long FirstMs, string? Reason, string? ErrorType, string? Error);
