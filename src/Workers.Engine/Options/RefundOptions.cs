using System.ComponentModel.DataAnnotations;

namespace Workers.Engine.Options;

/// <summary><c>Workers:Refunds</c>.</summary>
public sealed class RefundOptions
{
    /// <summary>Refunds above this amount, in the payment's currency, wait for an approval. Default 1,000.</summary>
    [Range(typeof(decimal), "0", "1000000000")]
    public decimal ApprovalThreshold { get; set; } = 1_000;
}
