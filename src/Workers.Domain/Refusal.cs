namespace Workers.Domain;

/// <summary>A business rule said no.</summary>
/// <param name="Code">For programs, in upper case.</param>
/// <param name="Message">The sentence for people, without a prefix.</param>
/// <param name="Status">The HTTP status with which it is answered.</param>
public sealed record Refusal(string Code, string Message, int Status = 400)
{
    public const string NotFoundCode = "NOT_FOUND";
    public const string AlreadyExistsCode = "ALREADY_EXISTS";
    public const string VersionConflictCode = "VERSION_CONFLICT";
    public const string InvalidStateCode = "INVALID_STATE";
    public const string InsufficientStockCode = "INSUFFICIENT_STOCK";
    public const string RefundExceedsPaymentCode = "REFUND_EXCEEDS_PAYMENT";
    public const string ValidationCode = "VALIDATION";

    /// <param name="what">With a capital: <c>Order</c>.</param>
    public static Refusal NotFound(string what) => new(NotFoundCode, $"{what} not found", 404);

    /// <param name="what">With a capital: <c>Order</c>.</param>
    public static Refusal AlreadyExists(string what) => new(AlreadyExistsCode, $"{what} already exists", 409);

    /// <summary>What is asked does not fit the state that is there.</summary>
    public static Refusal InvalidState(string message) => new(InvalidStateCode, message);

    /// <summary>Checks the version that a caller expects against the one that is there.</summary>
    /// <returns>Null where the caller expects none, or this one.</returns>
    public static Refusal? OfVersion(long? expected, long actual) => expected is { } version && version != actual
        ? new Refusal(VersionConflictCode, $"Expected version {version}, found {actual}", 409)
        : null;
}
