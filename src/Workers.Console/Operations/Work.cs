using Workers.Pages.Frames;
using Workers.Pages.Markup;

namespace Workers.Pages.Operations;

/// <summary>Work on many that a filter finds, as pages say it: cancelling commands, replaying dead letters.</summary>
/// <param name="Verb">On its button, such as <c>Cancel</c>.</param>
/// <param name="One">One of what it is done with.</param>
/// <param name="Done">The member of an operation that counts those it was done with, which is also how it is said.</param>
/// <param name="Name">Of an operation, such as <c>cancellation</c>.</param>
internal sealed record Work(string Verb, string One, string Done, string Name)
{
    /// <summary>The page of the list that the filter is of.</summary>
    public required string List { get; init; }

    /// <summary>The page of the dry run.</summary>
    public required string Ask { get; init; }

    /// <summary>The page of the operations.</summary>
    public required string Path { get; init; }

    /// <summary>Where the API begins one, and where it tells of them.</summary>
    public required (string Start, string Operations) Api { get; init; }

    public required IReadOnlyList<string> Filters { get; init; }

    /// <summary>What is promised beside the number.</summary>
    public required string Promise { get; init; }

    public required string WhenStopped { get; init; }

    /// <summary>Why one was left out, and what is asked for and not settled.</summary>
    public required (string Skipped, string Pending) Left { get; init; }

    public required IReadOnlyList<string> Columns { get; init; }

    public required Func<Visit, Json, Html> Row { get; init; }

    public bool IsGrave { get; init; }

    public static string Which(IEnumerable<(string Name, string Value)> filters) => string.Join(", ", filters.Select(one => $"{Words.Of(one.Name).ToLowerInvariant()} {one.Value}"));

    public IReadOnlyList<(string Name, string Value)> FiltersOf(Visit visit) => [.. Filters.Select(name => (name, visit.Query(name))).Where(one => one.Item2.Length > 0)];
}
