using System.Buffers;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Workers.Contracts.Json;

namespace Workers.Contracts.Commands;

/// <summary>All that follows from a command's record: its names, its key, its members, its rules, its JSON.</summary>
public abstract class CommandInfo
{
    private protected CommandInfo(Type type)
    {
        var says = type.GetCustomAttribute<CommandAttribute>() ?? throw new ArgumentException($"{type.Name} has no [Command].");
        Type = type;
        Name = type.Name;
        (Kind, Action, Noun, IsInternal, IsUndoable) = (says.Kind, says.Action, says.Noun, says.Internal, says.Undoable);
        Topic = says.ForAll ? Topics.Control : Topics.Commands;
        Body = CommandPart.Of(type);
        KeyField = Body.Fields.Single(field => field.IsKey);
        var key = KeyField.Rules.OfType<KeyAttribute>().Single();
        (KeyIsMade, KeyIsLookedUp) = (key.Made, key.LookedUp);
        FlatField = Body.Fields.FirstOrDefault(field => field.IsFlat);
        RestField = Body.Fields.FirstOrDefault(field => field.Rules.OfType<OpenAttribute>().Any(open => open.Rest));
        HasClear = Body.Find("clear") is not null;
        TypeInfo = ContractsJson.Default.GetTypeInfo(type) ?? throw new ArgumentException($"{type.Name} is not in {nameof(ContractsJson)}.");
    }

    /// <summary>The name that callers use, such as <c>CreateOrder</c>.</summary>
    public string Name { get; }

    /// <summary>One of <see cref="Commands.Kind"/>.</summary>
    public string Kind { get; }

    /// <summary>The verb that with the kind names the command too.</summary>
    public string Action { get; }

    /// <summary>What the command is about: its resource's id is <c>{Noun}_id</c>.</summary>
    public string Noun { get; }

    /// <summary>The record.</summary>
    public Type Type { get; }

    /// <summary>No door takes it.</summary>
    public bool IsInternal { get; }

    /// <summary>What it has done can be taken back.</summary>
    public bool IsUndoable { get; }
    /// <summary>Where its records lie.</summary>
    public string Topic { get; }

    /// <summary>The door makes the key when the caller gives none.</summary>
    public bool KeyIsMade { get; }

    /// <summary>The door finds the key by another member when the caller gives none.</summary>
    public bool KeyIsLookedUp { get; }

    /// <summary>The member that is the key.</summary>
    public CommandField KeyField { get; }

    /// <summary>The record's members.</summary>
    public CommandPart Body { get; }

    public JsonTypeInfo TypeInfo { get; }

    internal CommandField? FlatField { get; }

    internal CommandField? RestField { get; }

    internal bool HasClear { get; }

    /// <summary>The aggregate's id; empty where it is not there yet.</summary>
    public abstract string GetKey(object command);

    /// <summary>Gives a command its key; only for one that nobody else has seen yet.</summary>
    public abstract void SetKey(object command, string key);

    /// <summary>Runs the record's rules; empty when all hold.</summary>
    /// <param name="command">A command of this type.</param>
    /// <param name="form">How it was written; only an order's rules depend on it.</param>
    /// <param name="settings">The configured lists; null for the defaults.</param>
    public abstract IReadOnlyList<FieldError> Validate(object command, Forms form = Forms.Loose, RuleSettings? settings = null);

    /// <summary>Reads the canonical form, as the writing here makes it; members it does not know are skipped.</summary>
    /// <exception cref="JsonException">The bytes are no such command.</exception>
    public object Read(ReadOnlySpan<byte> canonical) =>
        JsonSerializer.Deserialize(canonical, TypeInfo) ?? throw new JsonException($"A {Name} was null.");

    /// <summary>Writes the canonical form: the record's members in their order, absent ones left out.</summary>
    public void Write(object command, Utf8JsonWriter writer) => JsonSerializer.Serialize(writer, command, TypeInfo);

    /// <summary>Writes the canonical form as UTF-8.</summary>
    public void Write(object command, IBufferWriter<byte> output)
    {
        using var writer = new Utf8JsonWriter(output, JsonWriting.Options);
        Write(command, writer);
    }

    /// <summary>The canonical form as UTF-8.</summary>
    public byte[] ToBytes(object command) => JsonWriting.ToBytes(command, Write);

    public override string ToString() => Name;
}

internal sealed class CommandInfo<T> : CommandInfo
    where T : class, ICommand
{
    private readonly Func<T, string> _getKey;
    private readonly Action<T, string> _setKey;

    public CommandInfo()
        : base(typeof(T))
    {
        _getKey = KeyField.Property.GetMethod!.CreateDelegate<Func<T, string>>();
        _setKey = KeyField.Property.SetMethod!.CreateDelegate<Action<T, string>>();
    }

    public override string GetKey(object command) => _getKey((T)command);

    public override void SetKey(object command, string key) => _setKey((T)command, key);

    public override IReadOnlyList<FieldError> Validate(object command, Forms form = Forms.Loose, RuleSettings? settings = null)
    {
        var violations = new Violations(form, settings ?? RuleSettings.Default);
        Validator<T>.Instance.Run((T)command, default, violations);
        return violations.Found;
    }
}
