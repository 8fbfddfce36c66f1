namespace Workers.Engine.Pump;

/// <summary>What became of one record.</summary>
public enum ExecutionKind
{
    /// <summary>What it staged stays; a refusal is also this: the refusal is its outcome.</summary>
    Done,

    /// <summary>Nothing staged; its key waits and it is tried again.</summary>
    Retry,

    /// <summary>Nothing staged; it becomes a dead letter now.</summary>
    Poison,
}

/// <param name="After">When to try again; null takes the next of the policy's delays.</param>
/// <param name="Reason">For <see cref="ExecutionKind.Poison"/>: the dead letter's reason.</param>
public readonly record struct Execution(ExecutionKind Kind, Exception? Error = null, TimeSpan? After = null, string Reason = "")
{
    public static Execution Done { get; } = new(ExecutionKind.Done);

    public static Execution Retry(Exception error, TimeSpan? after = null) => new(ExecutionKind.Retry, error, after);

    public static Execution Poison(string reason, Exception error) => new(ExecutionKind.Poison, error, null, reason);
}
