using System.ComponentModel.DataAnnotations;

namespace Workers.Engine.Options;

/// <summary><c>Workers:Refunds</c>.</summary>
public sealed class RefundOptions
{
    /// <summary>Refunds above this amount, in the payment's currency, wait for an approval. Default 1,000.</summary>
    [Range(typeof(decimal), "0", "1000000000")]
    public decimal ApprovalThreshold { get; set; } = 1_000;

    /// <summary>A refund that nobody has approved by then is rejected. Default 72 h.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "365.00:00:00")]
    public TimeSpan ApprovalTimeout { get; set; } = TimeSpan.FromHours(72);

    /// <summary>How long a gateway that does not answer is asked again; then the refund waits for somebody (MANUAL_REVIEW). Default 24 h.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "30.00:00:00")]
    public TimeSpan RetryFor { get; set; } = TimeSpan.FromHours(24);
}
