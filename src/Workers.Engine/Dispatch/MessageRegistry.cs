using System.Collections.Frozen;
using System.Reflection;
using System.Text.Json.Serialization.Metadata;

namespace Workers.Engine.Dispatch;

/// <summary>Every message that may be sent or received. Filled at start, then frozen; afterwards lookups need no lock and allocate nothing.</summary>
public sealed class MessageRegistry
{
    private static readonly MethodInfo Generic = typeof(MessageRegistry).GetMethod(nameof(AddUntyped), BindingFlags.NonPublic | BindingFlags.Static)!;

    private readonly Dictionary<Type, MessageType> _types = [];
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private FrozenDictionary<Type, MessageType>? _byType;
    private FrozenDictionary<byte[], MessageType>.AlternateLookup<ReadOnlySpan<byte>> _byName;

    public IReadOnlyCollection<MessageType> All => _types.Values;

    /// <param name="name">Name on the wire; case matters.</param>
    /// <param name="topic">Where it goes when nothing else is said.</param>
    /// <param name="key">Its record's key: the aggregate's id, or the flow instance's. Never empty.</param>
    /// <exception cref="ArgumentException">The type or the name is there already.</exception>
    public MessageRegistry Add<T>(string name, string topic, Func<T, string> key, JsonTypeInfo<T> json)
        where T : class => Add(new MessageType<T>(name, topic, key, json));

    /// <summary>The same where the type is only known at run time, as from a catalog.</summary>
    public MessageRegistry Add(string name, string topic, Func<object, string> key, JsonTypeInfo json) =>
        Add((MessageType)Generic.MakeGenericMethod(json.Type).Invoke(null, [name, topic, key, json])!);

    /// <summary>Ends registration.</summary>
    public MessageRegistry Freeze()
    {
        _byType ??= Index();
        return this;
    }

    /// <summary>The message of that CLR type.</summary>
    /// <exception cref="UnregisteredMessageException">There is none.</exception>
    public MessageType Of(Type type) =>
        (_byType ?? Freeze()._byType!).TryGetValue(type, out var found) ? found : throw new UnregisteredMessageException(type);

    /// <summary>The message of that name on the wire, in UTF-8; null where there is none.</summary>
    public MessageType? Find(ReadOnlySpan<byte> name)
    {
        Freeze();
        return _byName.TryGetValue(name, out var found) ? found : null;
    }

    private static MessageType<T> AddUntyped<T>(string name, string topic, Func<object, string> key, JsonTypeInfo json)
        where T : class => new(name, topic, key, (JsonTypeInfo<T>)json);

    private MessageRegistry Add(MessageType type)
    {
        if (_byType is not null)
        {
            throw new InvalidOperationException($"{type.Name} is registered after start.");
        }

        if (!_names.Add(type.Name) || !_types.TryAdd(type.Type, type))
        {
            throw new ArgumentException($"{type.Name} ({type.Type}) is registered twice.");
        }

        return this;
    }

    private FrozenDictionary<Type, MessageType> Index()
    {
        _byName = _types.Values.ToFrozenDictionary(t => t.NameUtf8, Utf8Name.Comparer).GetAlternateLookup<ReadOnlySpan<byte>>();
        return _types.ToFrozenDictionary();
    }
}

/// <summary>Something was sent that is not in the <see cref="MessageRegistry"/>: a mistake in the program.</summary>
public sealed class UnregisteredMessageException(Type type)
    : Exception($"{type} is not registered: add it to the {nameof(MessageRegistry)} at start, with its name, topic and key.");
