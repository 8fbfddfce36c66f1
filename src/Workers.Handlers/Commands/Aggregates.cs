using Workers.Domain;
using Workers.Domain.Schedules;
using Workers.Engine.Commands;
using Workers.Engine.Session;

namespace Workers.Handlers.Commands;

/// <summary>The states that commands change, and how each is stored.</summary>
public static class Aggregates
{
    public static AggregateType<User> User { get; } = new(Domain.User.Kind, DomainJson.Default.User, Domain.User.Apply);

    public static AggregateType<Order> Order { get; } = new(Domain.Order.Kind, DomainJson.Default.Order, Domain.Order.Apply);

    public static AggregateType<Payment> Payment { get; } = new(Domain.Payment.Kind, DomainJson.Default.Payment, Domain.Payment.Apply);

    public static AggregateType<Product> Product { get; } = new(Domain.Product.Kind, DomainJson.Default.Product, Domain.Product.Apply);

    public static AggregateType<Notification> Notification { get; } =
        new(Domain.Notification.Kind, DomainJson.Default.Notification, Domain.Notification.Apply);

    public static StateType<UndoneCommand> Undone { get; } = new(UndoneCommand.Kind, DomainJson.Default.UndoneCommand);

    public static StateType<Delivery> Delivery { get; } = new(Domain.Delivery.Kind, DomainJson.Default.Delivery);

    public static StateType<ReplayOperation> Replay { get; } = new(ReplayOperation.Kind, DomainJson.Default.ReplayOperation);

    public static StateType<CancelOperation> Cancellation { get; } = new(CancelOperation.Kind, DomainJson.Default.CancelOperation);

    public static StateType<FlowRequest> FlowRequest { get; } = new(Domain.FlowRequest.Kind, DomainJson.Default.FlowRequest);

    public static StateType<ScheduleRuns> ScheduleRuns { get; } = new(Domain.Schedules.ScheduleRuns.Kind, DomainJson.Default.ScheduleRuns);

    public static StateType<SavedReadModel> Saved { get; } = new(SavedReadModel.Kind, DomainJson.Default.SavedReadModel);

    public static StateType<Reservation> Reservation { get; } = new(Domain.Reservation.Kind, DomainJson.Default.Reservation);
}
