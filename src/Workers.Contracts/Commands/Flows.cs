namespace Workers.Contracts.Commands;

/// <summary>Tries again the step at which a flow is stuck.</summary>
[Command(Kind.System, "retry_flow", "saga", Internal = true)]
public sealed record RetryFlow : ICommand
{
    /// <summary>The instance, or what it is about: an order's id, a refund's id.</summary>
    [Key]
    public string SagaId { get; init => field = value ?? ""; } = "";

    [Length(1, 1000)]
    public string? Reason { get; init; }
}

/// <summary>Undoes what a stuck flow has done: an order's flow from the start, a refund by its rejection.</summary>
[Command(Kind.System, "compensate_flow", "saga", Internal = true)]
public sealed record CompensateFlow : ICommand
{
    /// <summary>The instance, or what it is about: an order's id, a refund's id.</summary>
    [Key]
    public string SagaId { get; init => field = value ?? ""; } = "";

    [Length(1, 1000)]
    public string? Reason { get; init; }
}
