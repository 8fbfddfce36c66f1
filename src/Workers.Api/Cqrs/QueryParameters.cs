using System.Text.Json;
using Workers.Api.Http;
using Workers.Contracts.Commands;
using Workers.Engine.Repositories;

namespace Workers.Api.Cqrs;

/// <summary>The parameters of a query: a JSON object of known members.</summary>
internal readonly struct QueryParameters(JsonElement data)
{
    private const int Usual = 50;

    /// <summary>The same, if it has these members alone.</summary>
    /// <exception cref="ProblemException">It has another.</exception>
    public QueryParameters Only(params IReadOnlyCollection<string> names)
    {
        foreach (var member in data.EnumerateObject())
        {
            if (!names.Contains(member.Name))
            {
                throw ListQuery.Bad($"data.{member.Name}", $"data.{member.Name} is not known; this query takes {string.Join(", ", names)}");
            }
        }

        return this;
    }

    /// <summary>The first of these that is given.</summary>
    /// <exception cref="ProblemException">None is, or it is no id.</exception>
    public string Id(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (CqrsBody.IdIn(data, name) is { } id)
            {
                return id;
            }
        }

        throw ListQuery.Bad($"data.{names[0]}", $"{names[0]} is required");
    }

    public string Text(string name) => data.TryGetProperty(name, out var value) && JsonTexts.Read(value, $"data.{name}") is { } text && text.Trim().Length > 0 ? text.Trim()
        : throw ListQuery.Bad($"data.{name}", $"{name} is required");

    public ListWindow Window() => new(Whole("limit", 1, ListQuery.MaxLimit) ?? Usual, Whole("offset", 0, int.MaxValue) ?? 0, WithTotal: true);

    /// <summary>Exact values of these fields.</summary>
    public IReadOnlyDictionary<string, string> Filters(IReadOnlyList<string> fields)
    {
        if (!data.TryGetProperty("filters", out var filters) || filters.ValueKind == JsonValueKind.Null)
        {
            return new Dictionary<string, string>();
        }

        if (filters.ValueKind != JsonValueKind.Object)
        {
            throw ListQuery.Bad("data.filters", "filters must be an object");
        }

        var unknown = filters.EnumerateObject().Where(filter => !fields.Contains(filter.Name))
            .Select(filter => new FieldError($"data.filters.{filter.Name}", $"filters.{filter.Name} is not known; there are {string.Join(", ", fields)}")).ToList();
        return unknown.Count > 0 ? throw new ProblemException(Problem.Validation(string.Join("; ", unknown.Select(error => error.Message)), unknown))
            : filters.EnumerateObject().ToDictionary(filter => filter.Name, filter => JsonTexts.Read(filter.Value, $"data.filters.{filter.Name}"), StringComparer.Ordinal);
    }

    private int? Whole(string name, int least, int most) => !data.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null ? null
        : value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number >= least && number <= most ? number
        : throw ListQuery.Bad($"data.{name}", most == int.MaxValue ? $"{name} must be a whole number of at least {least}" : $"{name} must be a whole number from {least} to {most}");
}
