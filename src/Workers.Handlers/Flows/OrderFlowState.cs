namespace Workers.Handlers.Flows;

/// <summary>An instance of the order flow, as stored.</summary>
public sealed class OrderFlowState : IFlowState
{
    public Guid CorrelationId { get; set; }

    public string CurrentState { get; set; } = "";

    public string OrderId { get; set; } = "";

    public string UserId { get; set; } = "";

    public decimal Amount { get; set; }

    public string Currency { get; set; } = "";

    public string? PaymentMethod { get; set; }

    public string? Gateway { get; set; }

    /// <summary>Quantity by product: what is to be reserved.</summary>
    public Dictionary<string, int> Products { get; set; } = [];

    public string PaymentId { get; set; } = "";

    /// <summary>The payment was asked for and its end is not known.</summary>
    public bool PaymentOpen { get; set; }

    public bool Charged { get; set; }

    /// <summary>How often the money was asked back: each time is a refund of its own.</summary>
    public int Refunds { get; set; }

    /// <summary>Somebody delivered the order before the flow had come to its confirmation.</summary>
    public bool Delivered { get; set; }

    /// <summary>Somebody else cancelled the order: the flow need not.</summary>
    public bool OrderGone { get; set; }

    /// <summary>What the present state waits for: <c>stock:{product}</c>, <c>payment</c>, <c>order</c>, <c>refund</c>.</summary>
    public HashSet<string> WaitsFor { get; set; } = [];

    /// <summary>Why it is compensated; null while all is well.</summary>
    public string? Reason { get; set; }

    /// <summary>Token of the running timeout.</summary>
    public Guid? Timeout { get; set; }

    public List<FlowStep> Steps { get; set; } = [];
}

/// <summary>A step of the order flow took too long. Goes to the flow itself.</summary>
public sealed record OrderFlowTimedOut(string OrderId, string Step);
