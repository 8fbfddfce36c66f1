using System.Reflection;

namespace Workers.Contracts.Commands;

/// <summary>Where a part stands in its command; made into text only for an error.</summary>
internal readonly record struct PartPath(string? Name, int Index)
{
    public string Of(string member) => Name switch
    {
        null => member,
        _ when Index < 0 => $"{Name}.{member}",
        _ => $"{Name}[{Index}].{member}",
    };
}

/// <summary>The rules of a record, read from its attributes once and run through typed delegates.</summary>
internal sealed class Validator<T>
    where T : class
{
    private readonly MemberCheck<T>[] _checks;

    private Validator()
    {
        _checks = [.. typeof(T).GetProperties(BindingFlags.Public | BindingFlags.Instance).Select(MemberCheck<T>.Of).OfType<MemberCheck<T>>()];
    }

    public static Validator<T> Instance { get; } = new();

    public void Run(T value, PartPath path, Violations violations)
    {
        foreach (var check in _checks)
        {
            check.Run(value, path, violations);
        }

        (value as IChecked)?.Check(violations);
    }
}
