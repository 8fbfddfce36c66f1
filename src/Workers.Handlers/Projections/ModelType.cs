using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Workers.Contracts.Events;
using Workers.Contracts.Json;
using Workers.Domain;
using Workers.Engine.Projections;

namespace Workers.Handlers.Projections;

/// <summary>A read model: the entity whose events it follows, and what is shown of its state.</summary>
internal abstract class ModelType(string name, string entity)
{
    /// <summary>One of <see cref="ReadModelTypes"/>.</summary>
    public string Name { get; } = name;

    /// <summary>As in <see cref="EventInfo.Entity"/>.</summary>
    public string Entity { get; } = entity;

    public abstract object? Fold(object? state, IDomainEvent happened, DateTimeOffset at);

    public abstract object? Read(ReadOnlySpan<byte> state);

    /// <summary>The state as it is stored.</summary>
    public abstract byte[] Write(object state);

    /// <summary>The resource as it is answered, a deleted one as it was last.</summary>
    public abstract byte[] View(object state, long version, SensitiveMask mask);

    public abstract ReadModel Show(string id, long version, object state, SensitiveMask mask);
}

internal sealed class ModelType<T>(
    string name, JsonTypeInfo<T> json, Action<Utf8JsonWriter, T, long> view, Func<T, (DateTimeOffset Created, DateTimeOffset Updated)> times,
    Func<T, (string Name, string? Value)[]> fields, Func<T, (string Name, long? Value)[]> numbers) : ModelType(name, T.Kind)
    where T : class, IEntity<T>
{
    public override object? Fold(object? state, IDomainEvent happened, DateTimeOffset at) => T.Apply((T?)state, happened, at);

    public override object? Read(ReadOnlySpan<byte> state) => JsonSerializer.Deserialize(state, json);

    public override byte[] Write(object state) => JsonSerializer.SerializeToUtf8Bytes((T)state, json);

    public override byte[] View(object state, long version, SensitiveMask mask)
    {
        using var scratch = JsonScratch.Rent();
        view(scratch.Writer, (T)state, version);
        return mask.ApplyTo(scratch.Written, null);
    }

    public override ReadModel Show(string id, long version, object state, SensitiveMask mask)
    {
        var entity = (T)state;
        var (created, updated) = times(entity);
        return new ReadModel(
            Name, id, version, entity.Deleted, created.ToUnixTimeMilliseconds(), updated.ToUnixTimeMilliseconds(),
            entity.Deleted ? [] : View(state, version, mask),
            fields(entity).Where(f => f.Value is not null && !mask.Hides(f.Name)).ToDictionary(f => f.Name, f => f.Value!, StringComparer.Ordinal),
            Write(entity))
        {
            Numbers = numbers(entity).Where(n => n.Value is not null && !mask.Hides(n.Name)).ToDictionary(n => n.Name, n => n.Value!.Value, StringComparer.Ordinal),
        };
    }
}
