namespace Workers.Engine.Dispatch;

/// <summary>A business rule said no: the record is done, its answer is this.</summary>
/// <param name="code">In capitals with underscores, such as <c>EMAIL_TAKEN</c>.</param>
/// <param name="message">For whoever sent the command.</param>
/// <param name="status">HTTP status of the answer, 400 to 499.</param>
public sealed class CommandRefused(string code, string message, int status = 400) : Exception(message)
{
    public string Code { get; } = code;

    public int Status { get; } = status;
}

/// <summary>It cannot be done now, but later: the record's key waits.</summary>
/// <param name="after">How long; null takes the next of the policy's delays.</param>
/// <param name="reason">For whoever looks at what waits.</param>
public sealed class RetryLater(string reason, TimeSpan? after = null, Exception? inner = null) : Exception(reason, inner)
{
    public TimeSpan? After { get; } = after;
}
