namespace Workers.Handlers.Flows;

/// <summary>An instance of the refund flow, as stored.</summary>
public sealed class RefundFlowState : IFlowState
{
    public Guid CorrelationId { get; set; }

    public string CurrentState { get; set; } = "";

    public string RefundId { get; set; } = "";

    public string PaymentId { get; set; } = "";

    public string UserId { get; set; } = "";

    public string? OrderId { get; set; }

    public decimal Amount { get; set; }

    public string Currency { get; set; } = "";

    public string Gateway { get; set; } = "";

    public string? GatewayReference { get; set; }

    /// <summary>Why the money is to go back.</summary>
    public string Reason { get; set; } = "";

    /// <summary>The order's own flow asked for it, which sees to the order itself.</summary>
    public bool AskedByOrder { get; set; }

    /// <summary>Why it waits for somebody, or was rejected.</summary>
    public string? Problem { get; set; }

    /// <summary>Token of the running timeout.</summary>
    public Guid? Timeout { get; set; }

    public List<FlowStep> Steps { get; set; } = [];
}

/// <summary>Nobody has approved a refund in time. Goes to the flow itself.</summary>
public sealed record RefundApprovalTimedOut(string RefundId);
