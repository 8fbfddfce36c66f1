using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Workers.Engine.Session;

/// <summary>A kind of state that the unit of work keeps: how it is stored, and whether instances are changed in place.</summary>
public abstract class StateType(string kind, bool mutable)
{
    /// <summary>Name in <see cref="Store.StateKey.Kind"/>.</summary>
    public string Kind { get; } = kind;

    /// <summary>Saga instances are changed in place by their state machine, so a savepoint keeps an image of them.</summary>
    public bool Mutable { get; } = mutable;

    public abstract object Read(ReadOnlySpan<byte> json);

    public abstract void Write(object state, Utf8JsonWriter writer);
}

/// <summary>A kind stored as the JSON of <typeparamref name="T"/>.</summary>
public sealed class StateType<T>(string kind, JsonTypeInfo<T> type, bool mutable = false) : StateType(kind, mutable)
    where T : class
{
    public override object Read(ReadOnlySpan<byte> json) => JsonSerializer.Deserialize(json, type)!;

    public override void Write(object state, Utf8JsonWriter writer) => JsonSerializer.Serialize(writer, (T)state, type);
}
