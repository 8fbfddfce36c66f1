using System.Collections.Frozen;
using System.Reflection;
using Workers.Contracts.Commands;

namespace Workers.Contracts.Reading;

/// <summary>The user that a command is about, where its record has one.</summary>
public static class UserIds
{
    private static readonly FrozenDictionary<CommandInfo, Func<object, string?>> Getters = CommandCatalog.All
        .Select(info => (info, field: info.Body.Find("user_id")))
        .Where(pair => pair.field?.Property.PropertyType == typeof(string))
        .ToFrozenDictionary(pair => pair.info, pair => Getter(pair.info, pair.field!));

    public static string? Of(CommandInfo info, object command) =>
        Getters.TryGetValue(info, out var get) && get(command) is { Length: > 0 } user ? user : null;

    private static Func<object, string?> Getter(CommandInfo info, CommandField field) =>
        (Func<object, string?>)typeof(UserIds).GetMethod(nameof(Typed), BindingFlags.NonPublic | BindingFlags.Static)!
            .MakeGenericMethod(info.Type).Invoke(null, [field.Property.GetMethod!])!;

    private static Func<object, string?> Typed<T>(MethodInfo getter)
    {
        var get = getter.CreateDelegate<Func<T, string?>>();
        return command => get((T)command);
    }
}
