namespace Workers.Api.Descriptions;

/// <summary>Why a request was not done: problem details of RFC 9457, and the documents' `error`.</summary>
internal sealed record ProblemShape
{
    public required string Type { get; init; }

    public required string Title { get; init; }

    /// <summary>The HTTP status.</summary>
    public required int Status { get; init; }

    public required string Detail { get; init; }

    /// <summary>The sentence that a person reads; the same as `detail`.</summary>
    public required string Error { get; init; }

    /// <summary>For programs, such as `VALIDATION`.</summary>
    public required string Code { get; init; }

    /// <summary>What is wrong with each member, by its path in the request; of the whole under `body`.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>>? Errors { get; init; }

    /// <summary>What would do instead.</summary>
    public IReadOnlyList<string>? Candidates { get; init; }

    /// <summary>The command that it is about.</summary>
    public string? CommandId { get; init; }

    /// <summary>The query that it is about.</summary>
    public string? QueryId { get; init; }

    public required string TraceId { get; init; }

    /// <summary>Whether the same request may succeed later.</summary>
    public required bool Retryable { get; init; }
}
