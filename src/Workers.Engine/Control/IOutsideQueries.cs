namespace Workers.Engine.Control;

/// <summary>Asks the handler outside that answers a query; somebody waits for it.</summary>
public interface IOutsideQueries
{
    /// <summary>What it answered, a refusal too.</summary>
    /// <exception cref="TimeoutException">Nothing within the time of its registration.</exception>
    /// <exception cref="HandlerUnavailableException">It cannot be asked now.</exception>
    Task<OutsideAnswer> AskAsync(NamedHandler handler, OutsideQuery query, CancellationToken cancellation);
}

/// <param name="Data">The query's parameters, one JSON object.</param>
public sealed record OutsideQuery(string Id, string Type, string Data, string Caller);

/// <param name="Status">The handler's own.</param>
/// <param name="Result">JSON; null for none.</param>
/// <param name="Code">Of a refusal.</param>
public sealed record OutsideAnswer(int Status, string? Result, string? Code, string? Message)
{
    public bool IsSuccess => Status is >= 200 and < 300;
}

/// <summary>A handler outside is away, or is not called any more.</summary>
public sealed class HandlerUnavailableException(string message, Exception? cause = null) : Exception(message, cause);
