using Workers.Contracts.Commands;
using Workers.Domain;
using Workers.Engine.Commands;
using Workers.Handlers.Repositories;

namespace Workers.Handlers.Commands;

internal static class Orders
{
    public static void Register(HandlerList handlers) => handlers
        .On<CreateOrder>(Order.Kind, (c, x) => x.Do(Aggregates.Order, c.OrderId, c, OrderRules.Decide(Load(x, c.OrderId), c, x.CommandId), 201))
        .On<UpdateOrder>(Order.Kind, (c, x) => Change(x, c, c.OrderId, c.ExpectedVersion, s => OrderRules.Decide(s, c)))
        .On<ConfirmOrder>(Order.Kind, (c, x) => Change(x, c, c.OrderId, c.ExpectedVersion, s => OrderRules.Decide(s, c)))
        .On<CancelOrder>(Order.Kind, (c, x) => Change(x, c, c.OrderId, c.ExpectedVersion, s => OrderRules.Decide(s, c)))
        .On<ShipOrder>(Order.Kind, (c, x) => Change(x, c, c.OrderId, c.ExpectedVersion, s => OrderRules.Decide(s, c)))
        .On<DeliverOrder>(Order.Kind, (c, x) => Change(x, c, c.OrderId, c.ExpectedVersion, s => OrderRules.Decide(s, c)))
        .On<DeleteOrder>(Order.Kind, (c, x) => Change(x, c, c.OrderId, c.ExpectedVersion, s => OrderRules.Decide(s, c), 204));

    private static Order? Load(CommandContext context, string id) => context.Work.GetOrderRepository().GetById(id);

    private static Reply Change(
        CommandContext context, ICommand command, string id, long? expected, Func<Order?, Decision> decide, int status = 200) =>
        context.Unexpected(Aggregates.Order, id, expected) ?? context.Do(Aggregates.Order, id, command, decide(Load(context, id)), status);
}
