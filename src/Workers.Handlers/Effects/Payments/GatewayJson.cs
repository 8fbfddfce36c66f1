using System.Text.Json.Serialization;

namespace Workers.Handlers.Effects.Payments;

internal sealed record ChargeRequest(
    string PaymentId, decimal Amount, string Currency, string? PaymentMethod, string? UserId, string? OrderId, string? Description);

internal sealed record RefundRequest(string PaymentId, string RefundId, decimal Amount, string Currency, string? Reference, string? Reason);

/// <param name="Status"><c>approved</c> or <c>declined</c>.</param>
internal sealed record GatewayReply(string? Status, string? Reference, string? Reason);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ChargeRequest))]
[JsonSerializable(typeof(RefundRequest))]
[JsonSerializable(typeof(GatewayReply))]
internal sealed partial class GatewayJson : JsonSerializerContext;
