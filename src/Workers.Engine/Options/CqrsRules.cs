using Workers.Contracts.Commands;
using Workers.Contracts.Reading;

namespace Workers.Engine.Options;

/// <summary>
/// Rules for the data of commands that come by the doors of document 001, beside the commands' own: a member and what <see cref="DoorRuleText"/> reads. A rule
/// that is empty is none.
/// </summary>
public sealed class CqrsRules
{
    /// <summary>Of CreateUser, and of what UpdateUser gives.</summary>
    public IDictionary<string, CqrsRule> User { get; } = Rules(
        ("name", "required; min_length: 2; max_length: 100"), ("email", "required; format: email"), ("age", "required; min: 18; max: 120"));

    /// <summary>Of CreateOrder.</summary>
    public IDictionary<string, CqrsRule> Order { get; } = Rules(
        ("user_id", "required; format: uuid"), ("amount", "required; min: 0.01"), ("currency", "required; enum: USD|EUR|GBP|INR"));

    /// <summary>Of ProcessPayment.</summary>
    public IDictionary<string, CqrsRule> Payment { get; } = Rules(
        ("order_id", "required; format: uuid"), ("amount", "required; min: 0.01"), ("currency", "required; enum: USD|EUR|GBP|INR"),
        ("method", "required; enum: credit_card|debit_card|net_banking|upi|wallet"));

    internal IEnumerable<string> Errors()
    {
        foreach (var (entity, rules) in new[] { (nameof(User), User), (nameof(Order), Order), (nameof(Payment), Payment) })
        {
            foreach (var (member, rule) in rules)
            {
                if (rule.Wrong() is { } wrong)
                {
                    yield return $"{entity}:{member} {wrong}";
                }
            }
        }
    }

    internal DoorRules ToRules()
    {
        var user = Parsed(User);
        return new DoorRules(new Dictionary<string, IReadOnlyDictionary<string, DoorRule>>(StringComparer.Ordinal)
        {
            [nameof(CreateUser)] = user,
            [nameof(UpdateUser)] = user,
            [nameof(CreateOrder)] = Parsed(Order),
            [nameof(ProcessPayment)] = Parsed(Payment),
        });
    }

    private static Dictionary<string, DoorRule> Parsed(IDictionary<string, CqrsRule> rules) =>
        rules.Where(pair => pair.Value.Text.Length > 0).ToDictionary(pair => pair.Key, pair => DoorRuleText.Parse(pair.Value.Text), StringComparer.Ordinal);

    private static SortedDictionary<string, CqrsRule> Rules(params ReadOnlySpan<(string Member, string Text)> rules)
    {
        var named = new SortedDictionary<string, CqrsRule>(StringComparer.OrdinalIgnoreCase);
        foreach (var (member, text) in rules)
        {
            named.Add(member, new CqrsRule { Text = text });
        }

        return named;
    }
}

/// <summary>The rules of one member.</summary>
public sealed class CqrsRule
{
    /// <summary>As in <see cref="DoorRuleText"/>; empty for none.</summary>
    [SectionValue]
    public string Text { get; set; } = "";

    internal string? Wrong()
    {
        try
        {
            DoorRuleText.Parse(Text);
            return null;
        }
        catch (FormatException error)
        {
            return error.Message;
        }
    }
}
