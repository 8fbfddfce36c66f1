using Workers.Contracts.Commands;
using Workers.Domain;
using Workers.Engine.Commands;
using Workers.Handlers.Repositories;

namespace Workers.Handlers.Commands;

internal static class Products
{
    public const string SkuSpace = "sku";

    public static void Register(HandlerList handlers) => handlers
        .On<CreateProduct>(Product.Kind, Create)
        .On<UpdateProduct>(Product.Kind, Update)
        .On<DeleteProduct>(Product.Kind, Delete)
        .On<AdjustInventory>(Product.Kind, Adjust)
        .On<CommitStock>(Product.Kind, Commit);

    private static Product? Load(CommandContext context, string id) => context.Work.GetProductRepository().GetById(id);

    private static Reply Create(CreateProduct command, CommandContext context)
    {
        var decision = ProductRules.Decide(Load(context, command.ProductId), command);
        return Claim(context, decision, command.ProductId, command.Sku, null)
            ?? context.Do(Aggregates.Product, command.ProductId, command, decision, 201);
    }

    private static Reply Update(UpdateProduct command, CommandContext context)
    {
        var product = Load(context, command.ProductId);
        var decision = ProductRules.Decide(product, command);
        var sku = command.Clear?.Contains("sku") == true ? null : command.Sku ?? product?.Sku;
        return context.Unexpected(Aggregates.Product, command.ProductId, command.ExpectedVersion)
            ?? Claim(context, decision, command.ProductId, sku, product?.Sku)
            ?? context.Do(Aggregates.Product, command.ProductId, command, decision, 200);
    }

    private static Reply Delete(DeleteProduct command, CommandContext context)
    {
        var product = Load(context, command.ProductId);
        return context.Unexpected(Aggregates.Product, command.ProductId, command.ExpectedVersion)
            ?? Claim(context, ProductRules.Decide(product, command), command.ProductId, null, product?.Sku)
            ?? context.Do(Aggregates.Product, command.ProductId, command, ProductRules.Decide(product, command), 204);
    }

    private static Reply Adjust(AdjustInventory command, CommandContext context)
    {
        if (context.Unexpected(Aggregates.Product, command.ProductId, command.ExpectedVersion) is { } unexpected)
        {
            return unexpected;
        }

        var held = Held(context, command.ProductId, command.OrderId);
        return Move(context, command, command.ProductId, command.OrderId, held, StockRules.Decide(Load(context, command.ProductId), held, command));
    }

    private static Reply Commit(CommitStock command, CommandContext context)
    {
        var held = Held(context, command.ProductId, command.OrderId);
        return Move(context, command, command.ProductId, command.OrderId, held, StockRules.Decide(Load(context, command.ProductId), held, command));
    }

    internal static Reservation? Held(CommandContext context, string productId, string? orderId) =>
        string.IsNullOrEmpty(orderId) ? null : context.Load(Aggregates.Reservation, Reservation.IdOf(productId, orderId));

    internal static Reply Move(CommandContext context, ICommand command, string productId, string? orderId, Reservation? held, Decision decision)
    {
        var reply = context.Do(Aggregates.Product, productId, command, decision, 200);
        if (decision.Refusal is null && !string.IsNullOrEmpty(orderId))
        {
            var after = decision.Events.Aggregate(held, Reservation.Apply);
            if (after != held)
            {
                context.Put(Aggregates.Reservation, Reservation.IdOf(productId, orderId), after);
            }
        }

        return reply;
    }

    /// <summary>The sku that a product has after the decision is its own, the one before is free again.</summary>
    internal static Reply? Keep(CommandContext context, string productId, Product? before, Decision decision) => Claim(
        context, decision, productId, Sku(Fold.Of(before, decision.Events, context.Now)), Sku(before));

    private static string? Sku(Product? product) => product is { Deleted: false } ? product.Sku : null;

    /// <summary>A sku is one product's: claims the new one and frees the old.</summary>
    private static Reply? Claim(CommandContext context, Decision decision, string productId, string? sku, string? before)
    {
        if (decision.Refusal is not null || sku == before)
        {
            return null;
        }

        if (sku is not null && !context.Claim(SkuSpace, sku, productId))
        {
            return Reply.Refused(Refusal.AlreadyExistsCode, $"A product with sku {sku} already exists", 409);
        }

        if (before is not null)
        {
            context.Release(SkuSpace, before, productId);
        }

        return null;
    }
}
