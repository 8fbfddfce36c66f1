using Workers.Contracts.Commands;

namespace Workers.Contracts.Reading;

/// <summary>What came of reading a request: a command, or why there is none.</summary>
public readonly record struct CommandReading
{
    /// <summary>Why there is no command; null where there is one.</summary>
    public ReadFailure? Failure { get; init; }

    /// <summary>Which command it is; with a failure null unless that much was clear.</summary>
    public CommandInfo? Info { get; init; }

    /// <summary>The command, normalised and valid; null with a failure.</summary>
    public object? Command { get; init; }

    /// <summary>The caller's own id; null where there is none or it is no id.</summary>
    public string? CommandId { get; init; }

    /// <summary>The aggregate's id; empty where the door must look it up, and possibly with a failure.</summary>
    public string Key { get; init; }

    public bool KeyWasMade { get; init; }
}

/// <summary>Why a request is no command.</summary>
/// <param name="Code">One of the constants here.</param>
/// <param name="Message">The sentences, joined by <c>; </c>, without a prefix.</param>
/// <param name="Errors">The sentences by member.</param>
/// <param name="Candidates">The names that would do, where the name is missing or unknown.</param>
public sealed record ReadFailure(string Code, string Message, IReadOnlyList<FieldError> Errors, IReadOnlyList<string> Candidates)
{
    /// <summary>A member is missing, wrong or unknown.</summary>
    public const string Validation = "VALIDATION";

    /// <summary>Which command it is cannot be told.</summary>
    public const string Ambiguous = "AMBIGUOUS";

    /// <summary>There is no such command, or not at this door.</summary>
    public const string UnknownType = "UNKNOWN_TYPE";

    /// <summary>The body is no JSON object.</summary>
    public const string Malformed = "MALFORMED";

    internal static ReadFailure Of(string code, string message, IReadOnlyList<string>? candidates = null) => new(code, message, [], candidates ?? []);

    internal static ReadFailure Of(IReadOnlyList<FieldError> errors) =>
        new(Validation, string.Join("; ", errors.Select(error => error.Message).Distinct()), errors, []);
}
