using System.Reflection;
using System.Text.Json;

namespace Workers.Contracts.Commands;

/// <summary>The rules of one member of <typeparamref name="T"/>. The first that is broken speaks.</summary>
internal abstract class MemberCheck<T>(string name, RuleAttribute[] rules)
    where T : class
{
    protected string Name { get; } = name;

    protected RuleAttribute[] Rules { get; } = rules;

    /// <summary>The check of a property; null where it has no rules.</summary>
    public static MemberCheck<T>? Of(PropertyInfo property)
    {
        RuleAttribute[] rules = [.. property.GetCustomAttributes<RuleAttribute>().OrderBy(rule => rule.ComesFirst ? 0 : 1)];
        if (rules.Length == 0)
        {
            return null;
        }

        if (rules.OfType<KeyAttribute>().Any(key => !key.LookedUp))
        {
            rules = [new RequiredAttribute(), .. rules];
        }

        var name = JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name);
        var type = property.PropertyType;
        if (type == typeof(string))
        {
            return new TextCheck<T>(name, rules, Getter<string?>(property));
        }

        if (type == typeof(decimal?))
        {
            return new NumberCheck<T>(name, rules, Getter<decimal?>(property));
        }

        if (type == typeof(int?))
        {
            var get = Getter<int?>(property);
            return new NumberCheck<T>(name, rules, owner => get(owner));
        }

        if (type == typeof(long?))
        {
            var get = Getter<long?>(property);
            return new NumberCheck<T>(name, rules, owner => get(owner));
        }

        return rules.OfType<PartAttribute>().FirstOrDefault() is { } part
            ? Part(property, name, rules, part.Flat)
            : new PresenceCheck<T>(name, rules, Getter<object?>(property));
    }

    public abstract void Run(T owner, PartPath path, Violations violations);

    protected void Add(RuleAttribute rule, PartPath path, Violations violations)
    {
        var field = path.Of(Name);
        violations.Add(field, rule.Message(field, violations.Settings));
    }

    private static MemberCheck<T> Part(PropertyInfo property, string name, RuleAttribute[] rules, bool flat)
    {
        var element = property.PropertyType is { IsGenericType: true } list ? list.GetGenericArguments()[0] : null;
        var check = element is null ? typeof(PartCheck<,>) : typeof(ListCheck<,>);
        return (MemberCheck<T>)Activator.CreateInstance(
            check.MakeGenericType(typeof(T), element ?? property.PropertyType), name, rules, property, flat)!;
    }

    internal static Func<T, TValue> Getter<TValue>(PropertyInfo property) => property.GetMethod!.CreateDelegate<Func<T, TValue>>();
}

internal sealed class TextCheck<T>(string name, RuleAttribute[] rules, Func<T, string?> get) : MemberCheck<T>(name, rules)
    where T : class
{
    public override void Run(T owner, PartPath path, Violations violations)
    {
        var value = get(owner);
        foreach (var rule in Rules)
        {
            if ((rule.In & violations.Form) != 0 && !rule.AllowsText(value, violations.Settings))
            {
                Add(rule, path, violations);
                return;
            }
        }
    }
}

internal sealed class NumberCheck<T>(string name, RuleAttribute[] rules, Func<T, decimal?> get) : MemberCheck<T>(name, rules)
    where T : class
{
    public override void Run(T owner, PartPath path, Violations violations)
    {
        var value = get(owner);
        foreach (var rule in Rules)
        {
            if ((rule.In & violations.Form) != 0 && !rule.AllowsNumber(value))
            {
                Add(rule, path, violations);
                return;
            }
        }
    }
}

internal sealed class PresenceCheck<T>(string name, RuleAttribute[] rules, Func<T, object?> get) : MemberCheck<T>(name, rules)
    where T : class
{
    public override void Run(T owner, PartPath path, Violations violations)
    {
        var value = get(owner);
        foreach (var rule in Rules)
        {
            if ((rule.In & violations.Form) != 0 && !rule.AllowsPart(value))
            {
                Add(rule, path, violations);
                return;
            }
        }
    }
}

internal sealed class PartCheck<T, TPart>(string name, RuleAttribute[] rules, PropertyInfo property, bool flat) : MemberCheck<T>(name, rules)
    where T : class
    where TPart : class
{
    private readonly Func<T, TPart?> _get = Getter<TPart?>(property);
    private readonly (string Name, Func<TPart, string?> Text)[] _needs = [.. rules.OfType<PartAttribute>().Single().Needs.Select(name => (name, TextOf(name)))];

    public override void Run(T owner, PartPath path, Violations violations)
    {
        var part = _get(owner);
        foreach (var rule in Rules)
        {
            if ((rule.In & violations.Form) != 0 && !rule.AllowsPart(part))
            {
                Add(rule, path, violations);
                return;
            }
        }

        var inner = flat ? path : new PartPath(path.Of(Name), -1);
        if (part is not null)
        {
            Validator<TPart>.Instance.Run(part, inner, violations);
        }

        foreach (var (name, text) in _needs)
        {
            if (string.IsNullOrWhiteSpace(part is null ? null : text(part)))
            {
                violations.Add(inner.Of(name), $"{inner.Of(name)} is required");
            }
        }
    }

    private static Func<TPart, string?> TextOf(string name) => MemberCheck<TPart>.Getter<string?>(
        typeof(TPart).GetProperties().Single(member => JsonNamingPolicy.SnakeCaseLower.ConvertName(member.Name) == name));
}

internal sealed class ListCheck<T, TPart>(string name, RuleAttribute[] rules, PropertyInfo property, bool flat) : MemberCheck<T>(name, rules)
    where T : class
    where TPart : class
{
    private readonly Func<T, IReadOnlyList<TPart?>?> _get = Getter<IReadOnlyList<TPart?>?>(property);

    public override void Run(T owner, PartPath path, Violations violations)
    {
        var list = flat ? null : _get(owner);
        for (var i = 0; i < list?.Count && !violations.IsFull; i++)
        {
            if (list[i] is { } part)
            {
                Validator<TPart>.Instance.Run(part, new PartPath(path.Of(Name), i), violations);
            }
            else
            {
                violations.Add($"{path.Of(Name)}[{i}]", $"{path.Of(Name)}[{i}] is required");
            }
        }
    }
}
