using Workers.Contracts.Commands;
using Workers.Engine.Projections;

namespace Workers.Api.Reads;

/// <summary>What a noun is called, and by which fields its list is filtered.</summary>
/// <param name="Noun">Its states' kind; its id is <c>{Noun}_id</c>.</param>
/// <param name="Path">Its list's path.</param>
/// <param name="Model">Its read model.</param>
internal sealed record Resource(string Noun, string Path, string Model, IReadOnlyList<string> Filters)
{
    public string IdName { get; } = Noun + "_id";

    /// <summary>What several are called, such as <c>users</c>.</summary>
    public string Plural { get; } = Noun + "s";

    public string Title { get; } = char.ToUpperInvariant(Noun[0]) + Noun[1..];

    public static Resource User { get; } = new("user", "/api/v1/users", ReadModelTypes.User, ["user_id", "name", "email", "username"]);

    public static Resource Order { get; } = new(
        "order", "/api/v1/orders", ReadModelTypes.Order, ["order_id", "order_number", "user_id", "customer_id", "status", "currency"]);

    public static Resource Payment { get; } = new(
        "payment", "/api/v1/payments", ReadModelTypes.Payment, ["payment_id", "user_id", "order_id", "status", "currency", "gateway", "payment_method"]);

    public static Resource Product { get; } = new("product", "/api/v1/products", ReadModelTypes.Product, ["product_id", "name", "sku", "category"]);

    public static IReadOnlyList<Resource> All { get; } = [User, Payment, Order, Product];

    /// <summary>The command that does this to it.</summary>
    public CommandInfo Does(string action) => CommandCatalog.All.Single(info => info.Noun == Noun && info.Action == action && !info.IsInternal);
}
