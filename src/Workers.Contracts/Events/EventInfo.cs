using System.Buffers;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Workers.Contracts.Json;

namespace Workers.Contracts.Events;

/// <summary>All that follows from an event's record.</summary>
public abstract class EventInfo
{
    private protected EventInfo(Type type)
    {
        var says = type.GetCustomAttribute<EventAttribute>() ?? throw new ArgumentException($"{type.Name} has no [Event].");
        Type = type;
        Name = type.Name;
        (Entity, SchemaVersion, IsAnnounced) = (says.Entity, says.SchemaVersion, says.Announced);
        FeedName = says.Feed is null ? null : $"{says.Entity}_{says.Feed}";
        TypeInfo = ContractsJson.Default.GetTypeInfo(type) ?? throw new ArgumentException($"{type.Name} is not in {nameof(ContractsJson)}.");
    }

    public string Name { get; }

    /// <summary>Whose event it is, such as <c>order</c>.</summary>
    public string Entity { get; }

    public int SchemaVersion { get; }

    /// <summary>Told, but no part of the entity's stream.</summary>
    public bool IsAnnounced { get; }

    /// <summary>Its name in the entity feed and on the WebSocket, such as <c>order_updated</c>; null where it is not told there.</summary>
    public string? FeedName { get; }

    public Type Type { get; }

    public JsonTypeInfo TypeInfo { get; }

    /// <summary>The entity's id.</summary>
    public abstract string GetEntityId(IDomainEvent happened);

    /// <summary>Whom it concerns; null where it is nobody's in particular.</summary>
    public abstract string? GetUserId(IDomainEvent happened);

    /// <exception cref="JsonException">The bytes are no such event.</exception>
    public IDomainEvent Read(ReadOnlySpan<byte> json) =>
        (IDomainEvent?)JsonSerializer.Deserialize(json, TypeInfo) ?? throw new JsonException($"A {Name} was null.");

    public void Write(IDomainEvent happened, Utf8JsonWriter writer) => JsonSerializer.Serialize(writer, happened, TypeInfo);

    public void Write(IDomainEvent happened, IBufferWriter<byte> output)
    {
        using var writer = new Utf8JsonWriter(output, JsonWriting.Options);
        Write(happened, writer);
    }

    public byte[] ToBytes(IDomainEvent happened) => JsonWriting.ToBytes(happened, Write);

    public override string ToString() => Name;
}

internal sealed class EventInfo<T> : EventInfo
    where T : class, IDomainEvent
{
    private readonly Func<T, string> _entityId;
    private readonly Func<T, string?>? _userId;

    public EventInfo()
        : base(typeof(T))
    {
        var id = typeof(T).GetProperties().Single(property => property.IsDefined(typeof(EntityIdAttribute)));
        _entityId = id.GetMethod!.CreateDelegate<Func<T, string>>();
        _userId = typeof(T).GetProperty("UserId")?.GetMethod?.CreateDelegate<Func<T, string?>>();
    }

    public override string GetEntityId(IDomainEvent happened) => _entityId((T)happened);

    public override string? GetUserId(IDomainEvent happened) => _userId?.Invoke((T)happened);
}
