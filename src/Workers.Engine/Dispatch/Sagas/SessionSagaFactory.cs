using MassTransit;
using MassTransit.Configuration;
using MassTransit.Saga;
using Workers.Engine.Dispatch.Contexts;

namespace Workers.Engine.Dispatch.Sagas;

/// <summary>The saga repository: instances live in the session of the record in hand and nowhere else.</summary>
internal sealed class SessionSagaFactory<TSaga>(ISagaConsumeContextFactory<SagaStore<TSaga>, TSaga> factory) : ISagaRepositoryContextFactory<TSaga>
    where TSaga : class, ISaga
{
    public static SagaRepository<TSaga> Repository() =>
        new(new SessionSagaFactory<TSaga>(new SagaConsumeContextFactory<SagaStore<TSaga>, TSaga>()), queryRepositoryContextFactory: null, loadSagaRepositoryContextFactory: null);

    public Task Send<T>(ConsumeContext<T> context, IPipe<SagaRepositoryContext<TSaga, T>> next)
        where T : class =>
        next.Send(new SessionSagaContext<TSaga, T>(new SagaStore<TSaga>((LogReceiveContext)context.ReceiveContext), context, factory));

    public Task SendQuery<T>(ConsumeContext<T> context, ISagaQuery<TSaga> query, IPipe<SagaRepositoryQueryContext<TSaga, T>> next)
        where T : class =>
        throw new SagaException("Instances are found by their id alone: use CorrelateById with Ids.Flow.", typeof(TSaga), typeof(T));

    public void Probe(ProbeContext context) => context.CreateScope("sessionSagas");
}

/// <summary>Gives every saga that is added the repository over the session.</summary>
internal sealed class SessionSagaProvider : ISagaRepositoryRegistrationProvider
{
    public void Configure<TSaga>(ISagaRegistrationConfigurator<TSaga> configurator)
        where TSaga : class, ISaga =>
        configurator.Repository(r =>
            r.RegisterSagaRepository<TSaga, SagaStore<TSaga>, SagaConsumeContextFactory<SagaStore<TSaga>, TSaga>, SessionSagaFactory<TSaga>>());
}
