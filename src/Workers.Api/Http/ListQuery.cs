using System.Buffers.Text;
using System.Globalization;
using Microsoft.AspNetCore.Http;
using Workers.Contracts.Commands;

namespace Workers.Api.Http;

/// <summary>How a list is asked for: <c>limit</c> with <c>cursor</c>, <c>offset</c> or <c>page</c>, and filters by field.</summary>
internal readonly struct ListQuery(IQueryCollection query)
{
    public const int MaxLimit = 1_000;
    private const int Usual = 50;
    private static readonly string[] s_paging = ["limit", "cursor", "offset", "page", "page_size", "sort"];

    /// <summary>The names of a range's two times.</summary>
    public static IReadOnlyList<string> Times { get; } = ["from", "to", "start", "end", "start_time", "end_time"];

    /// <summary>The same query, if besides paging it asks for these alone: a filter that is not known would be a list that lies.</summary>
    /// <exception cref="ProblemException">It asks for something else.</exception>
    public ListQuery Only(params IReadOnlyCollection<string> filters)
    {
        foreach (var (name, _) in query)
        {
            if (!s_paging.Contains(name) && !filters.Contains(name))
            {
                throw Bad(name, $"{name} is no filter of this list; it takes {string.Join(", ", filters.Concat(s_paging))}");
            }
        }

        return this;
    }

    /// <summary>1 to 1,000, else 400; 50 where nothing is said.</summary>
    public int Limit => Whole("limit", 1, MaxLimit) ?? Whole("page_size", 1, MaxLimit) ?? Usual;

    public int Offset => Whole("offset", 0, int.MaxValue) ?? ((Math.Min(Whole("page", 1, 1_000_000) ?? 1, 1_000_000) - 1) * Limit);

    /// <summary>An answer's <c>next_cursor</c>.</summary>
    public string? Cursor => Text("cursor") is not { } cursor || Base64Url.IsValid(cursor)
        ? Text("cursor")
        : throw Bad("cursor", "cursor must be the next_cursor of an answer");

    /// <summary>A filter's value; null where it is not given or empty.</summary>
    public string? Text(string name) => query[name].ToString() is { Length: > 0 } value ? value : null;

    public bool Has(string name) => query.ContainsKey(name);

    public bool Flag(string name) => Text(name) switch
    {
        null or "false" or "0" => false,
        "true" or "1" => true,
        _ => throw Bad(name, $"{name} must be true or false"),
    };

    public int? Whole(string name, int least, int most)
    {
        if (Text(name) is not { } text)
        {
            return null;
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most
            ? value
            : throw Bad(name, most == int.MaxValue ? $"{name} must be a whole number of at least {least}" : $"{name} must be a whole number from {least} to {most}");
    }

    /// <summary>The first of these that is given, in milliseconds since 1970: RFC 3339, or seconds since 1970.</summary>
    public long? Time(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (Text(name) is { } text)
            {
                return TimeOf(text) ?? throw Bad(name, $"{name} must be a time such as 2026-01-31T12:00:00Z, or seconds since 1970");
            }
        }

        return null;
    }

    /// <summary><c>from</c> and <c>to</c> by all their names; a missing one is open.</summary>
    public (long? FromMs, long? ToMs) Range()
    {
        var (from, to) = (Time("from", "start", "start_time"), Time("to", "end", "end_time"));
        return from > to ? throw Bad("from", "from must not be after to") : (from, to);
    }

    public Guid? Id(string name) => Text(name) is not { } text ? null
        : Guid.TryParse(text, out var id) ? id : throw Bad(name, $"{name} must be a UUID");

    public static ProblemException Bad(string name, string sentence) => new(Problem.Validation(sentence, new FieldError(name, sentence)));

    private static long? TimeOf(string text)
    {
        if (decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) && seconds < 100_000_000_000)
        {
            return (long)(seconds * 1000);
        }

        // A plus sign that was not escaped arrives as a blank.
        return TimeText.Read(text.Contains('T', StringComparison.Ordinal) ? text.Replace(' ', '+') : text)?.ToUnixTimeMilliseconds();
    }
}
