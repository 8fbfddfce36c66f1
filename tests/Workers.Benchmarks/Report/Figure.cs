using System.Text.Json.Serialization;

namespace Workers.Benchmarks.Report;

/// <summary>A line of the table: what was measured, what is wanted of it, and what it is held against.</summary>
/// <param name="Goal">G1 to G10.</param>
/// <param name="What">What was done.</param>
/// <param name="Value">What it came to.</param>
/// <param name="Unit">Of the value, of what is wanted and of the ceiling.</param>
internal sealed record Figure(string Goal, string What, double Value, string Unit)
{
    /// <summary>The goal; null where there is none.</summary>
    public double? Wanted { get; init; }

    /// <summary>What takes time or room; else more is better.</summary>
    public bool LessIsBetter { get; init; }

    /// <summary>What was measured beside it, in the same run.</summary>
    public string? CeilingOf { get; init; }

    /// <summary>In the same unit; null where none was measured.</summary>
    public double? Ceiling { get; init; }

    /// <summary>What is on the disk before it counts.</summary>
    public string Durability { get; init; } = "–";

    public string Payload { get; init; } = "–";

    /// <summary>How many go together.</summary>
    public string Batch { get; init; } = "–";

    /// <summary>Allocated for each; null where that is not known.</summary>
    public double? Bytes { get; init; }

    public double? P50Ms { get; init; }

    public double? P99Ms { get; init; }

    /// <summary>What else is to be known.</summary>
    public string? Note { get; init; }

    public double? Ratio => Ceiling is { } ceiling and > 0 ? Value / ceiling : null;

    [JsonIgnore]
    public bool? IsMet => Wanted is not { } wanted ? null : LessIsBetter ? Value <= wanted : Value >= wanted;
}
