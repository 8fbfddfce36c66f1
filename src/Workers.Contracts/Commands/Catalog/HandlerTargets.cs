namespace Workers.Contracts.Commands;

/// <summary>What a registered handler is for; where nothing is said, for commands.</summary>
public static class HandlerTargets
{
    public const string Queries = "queries";
    public const string Events = "events";

    /// <summary>Queries that are answered without anybody registering.</summary>
    public static IReadOnlyList<string> BuiltInQueries { get; } =
    [
        "GetUser", "ListUsers", "SearchUsers", "GetOrder", "ListOrders", "GetPayment", "ListPayments", "GetProduct", "ListProducts", "GetUserOrders", "GetOrderPayments",
    ];
}
