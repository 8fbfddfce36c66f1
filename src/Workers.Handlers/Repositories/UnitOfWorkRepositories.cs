using Workers.Domain;
using Workers.Engine.Repositories;
using Workers.Handlers.Commands;

namespace Workers.Handlers.Repositories;

/// <summary>The repositories of a unit of work.</summary>
public static class UnitOfWorkRepositories
{
    public static ITransactionalRepository<User> GetUserRepository(this IUnitOfWork work) => work.GetRepository(Aggregates.User);

    public static ITransactionalRepository<Payment> GetPaymentRepository(this IUnitOfWork work) => work.GetRepository(Aggregates.Payment);

    public static ITransactionalRepository<Order> GetOrderRepository(this IUnitOfWork work) => work.GetRepository(Aggregates.Order);

    public static ITransactionalRepository<Product> GetProductRepository(this IUnitOfWork work) => work.GetRepository(Aggregates.Product);
}
