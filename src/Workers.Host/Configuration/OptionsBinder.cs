using System.Collections;
using System.ComponentModel.DataAnnotations;

namespace Workers.Host.Configuration;

/// <summary>Fills the options objects from what was given and checks them: every key must be known and every value within its rules.</summary>
internal static class OptionsBinder
{
    /// <summary>What is wrong is added to <paramref name="errors"/>, a sentence each.</summary>
    public static WorkersOptions Bind(IReadOnlyDictionary<string, Setting> given, ICollection<string> errors)
    {
        var options = new WorkersOptions();
        AddNamed(options, ConfigurationReader.Root, given);
        var keys = OptionKey.Of(options, ConfigurationReader.Root).ToDictionary(k => k.Name, StringComparer.OrdinalIgnoreCase);
        foreach (var (name, setting) in given.Where(g => g.Key != ConfigurationReader.UrlsKey))
        {
            if (!keys.TryGetValue(name, out var key))
            {
                errors.Add($"{setting.Source} is unknown: there is no {name}{Suggest(name, keys.Keys)}");
            }
            else if (Apply(key, setting) is { } error)
            {
                errors.Add(error);
            }
        }

        if (errors.Count == 0)
        {
            foreach (var result in options.Validate(new ValidationContext(options)))
            {
                errors.Add(result.ErrorMessage!);
            }
        }

        return options;
    }

    private static string? Apply(OptionKey key, Setting setting)
    {
        try
        {
            key.Set(setting.Value);
        }
        catch (FormatException e)
        {
            return Sentence(key, setting, e.Message);
        }

        var results = new List<ValidationResult>();
        var context = new ValidationContext(key.Owner) { MemberName = key.Property.Name };
        return Validator.TryValidateProperty(key.Property.GetValue(key.Owner), context, results)
            ? null
            : Sentence(key, setting, Rule(key));
    }

    private static string Sentence(OptionKey key, Setting setting, string problem)
    {
        var from = setting.Source.Equals(key.EnvironmentName, StringComparison.OrdinalIgnoreCase) ? "" : $" (from {setting.Source})";
        return $"{key.Name}{from} is '{(key.IsSecret ? "***" : setting.Value)}': it {problem}";
    }

    private static string Rule(OptionKey key)
    {
        foreach (var attribute in key.Property.GetCustomAttributes(typeof(ValidationAttribute), inherit: false))
        {
            switch (attribute)
            {
                case RangeAttribute range:
                    range.IsValid(range.Minimum); // turns the written bounds of other types into values
                    return $"must be from {OptionText.Format(range.Minimum, key.Property.Name)} to {OptionText.Format(range.Maximum, key.Property.Name)}";
                case AllowedValuesAttribute allowed:
                    return $"must be one of: {string.Join(", ", allowed.Values.Where(v => v is not ""))}";
            }
        }

        return "must not be empty";
    }

    // Workers:Gateways:acme:Url makes a gateway "acme".
    private static void AddNamed(object options, string path, IReadOnlyDictionary<string, Setting> given)
    {
        foreach (var property in options.GetType().GetProperties().Where(p => !OptionText.CanParse(p.PropertyType) && OptionText.IsOptions(p.PropertyType)))
        {
            var name = $"{path}:{property.Name}";
            if (!property.PropertyType.IsGenericType)
            {
                AddNamed(property.GetValue(options)!, name, given);
                continue;
            }

            var named = (IDictionary)property.GetValue(options)!;
            foreach (var key in given.Keys.Where(k => k.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase)))
            {
                var entry = key[(name.Length + 1)..].Split(':')[0].ToLowerInvariant();
                if (entry.Length > 0 && !named.Contains(entry))
                {
                    named.Add(entry, Activator.CreateInstance(property.PropertyType.GenericTypeArguments[1]));
                }
            }
        }
    }

    private static string Suggest(string name, IEnumerable<string> known)
    {
        var nearest = known.MinBy(k => Distance(name, k))!;
        return Distance(name, nearest) <= 3 ? $"; did you mean {nearest}?" : "";
    }

    private static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var substitute = diagonal + (char.ToLowerInvariant(a[i - 1]) == char.ToLowerInvariant(b[j - 1]) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(substitute, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[^1];
    }
}
