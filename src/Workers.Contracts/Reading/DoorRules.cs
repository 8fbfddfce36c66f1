using System.Text.Json;
using Workers.Contracts.Commands;

namespace Workers.Contracts.Reading;

/// <summary>One rule of a door for one member, as document 001's <c>validation_rules</c> write it.</summary>
public sealed record DoorRule
{
    public bool Required { get; init; }

    public int? MinLength { get; init; }

    public int? MaxLength { get; init; }

    public decimal? Min { get; init; }

    public decimal? Max { get; init; }

    /// <summary><c>email</c> or <c>uuid</c>.</summary>
    public string? Format { get; init; }

    public IReadOnlyList<string>? Enum { get; init; }
}

/// <summary>Configured rules of one door beside the commands' own, by command and member; a command without rules passes.</summary>
/// <param name="rules">By the command's name; then by the member's name or other name, as callers write it.</param>
public sealed class DoorRules(IReadOnlyDictionary<string, IReadOnlyDictionary<string, DoorRule>> rules)
{
    /// <summary>Those of a command, by member; none where it has none.</summary>
    public IReadOnlyDictionary<string, DoorRule> Of(CommandInfo info) => rules.GetValueOrDefault(info.Name) ?? new Dictionary<string, DoorRule>();

    internal void Check(CommandInfo info, object command, Action<FieldError> wrong)
    {
        if (!rules.TryGetValue(info.Name, out var members))
        {
            return;
        }

        var json = JsonSerializer.SerializeToElement(command, info.TypeInfo);
        var onlyGiven = info.Action == "update";
        foreach (var (name, rule) in members)
        {
            if (Broken(name, rule, Value(info, json, name), onlyGiven) is { } sentence)
            {
                wrong(new(name, sentence));
            }
        }
    }

    private static JsonElement? Value(CommandInfo info, JsonElement json, string name)
    {
        var field = info.Body.Find(name);
        if (field is null && info.FlatField is { } flat)
        {
            return json.TryGetProperty(flat.Name, out var part) && part.TryGetProperty(name, out var inner) ? inner : null;
        }

        // The sum of the items stands for a total that was not given.
        if (field?.Name == "total_amount" && !json.TryGetProperty("total_amount", out _) && json.TryGetProperty("items", out var items))
        {
            return items;
        }

        return field is not null && json.TryGetProperty(field.Name, out var value) ? value : null;
    }

    private static string? Broken(string name, DoorRule rule, JsonElement? value, bool onlyGiven)
    {
        if (value is not { } given || (given.ValueKind == JsonValueKind.String && string.IsNullOrWhiteSpace(given.GetString())))
        {
            return rule.Required && !onlyGiven ? $"{name} is required" : null;
        }

        return given.ValueKind switch
        {
            JsonValueKind.String => BrokenText(name, rule, given.GetString()!),
            JsonValueKind.Number => BrokenNumber(name, rule, given.GetDecimal()),
            _ => null,
        };
    }

    private static string? BrokenText(string name, DoorRule rule, string text)
    {
        if (text.Length < rule.MinLength || text.Length > rule.MaxLength)
        {
            return $"{name} must be between {rule.MinLength ?? 0} and {rule.MaxLength?.ToString() ?? "any"} characters";
        }

        if (rule.Enum is { Count: > 0 } values && !values.Contains(text))
        {
            return $"{name} must be one of {string.Join(", ", values)}";
        }

        return rule.Format switch
        {
            "uuid" when !Guid.TryParseExact(text, "D", out _) => $"{name} must be a UUID",
            "email" when !new EmailAttribute().AllowsText(text, RuleSettings.Default) => $"{name} must be a valid e-mail address",
            _ => null,
        };
    }

    private static string? BrokenNumber(string name, DoorRule rule, decimal number) => (rule.Min, rule.Max) switch
    {
        ({ } min, { } max) when number < min || number > max => $"{name} must be between {Money.Text(min)} and {Money.Text(max)}",
        ({ } min, null) when number < min => $"{name} must be at least {Money.Text(min)}",
        (null, { } max) when number > max => $"{name} must be at most {Money.Text(max)}",
        _ => null,
    };
}
