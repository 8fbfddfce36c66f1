using MassTransit;
using MassTransit.Context;
using MassTransit.Saga;

namespace Workers.Engine.Dispatch.Sagas;

/// <summary>What the library does with an instance, done in the session. Undo and discard are the savepoint's.</summary>
internal sealed class SessionSagaContext<TSaga, TMessage>(
    SagaStore<TSaga> store, ConsumeContext<TMessage> context, ISagaConsumeContextFactory<SagaStore<TSaga>, TSaga> factory)
    : ConsumeContextScope<TMessage>(context, store), SagaRepositoryContext<TSaga, TMessage>
    where TSaga : class, ISaga
    where TMessage : class
{
    private static readonly Task<SagaConsumeContext<TSaga, TMessage>> None = Task.FromResult<SagaConsumeContext<TSaga, TMessage>>(null!);

    private readonly ConsumeContext<TMessage> _context = context;

    public Task<SagaConsumeContext<TSaga, TMessage>> Add(TSaga instance) => Make(instance, SagaConsumeContextMode.Add);

    public Task<SagaConsumeContext<TSaga, TMessage>> Insert(TSaga instance) =>
        store.Exists(instance.CorrelationId) ? None : Make(instance, SagaConsumeContextMode.Insert);

    public Task<SagaConsumeContext<TSaga, TMessage>> Load(Guid correlationId) =>
        store.Load(correlationId) is { } instance ? Make(instance, SagaConsumeContextMode.Load) : None;

    public Task Save(SagaConsumeContext<TSaga> context) => Update(context);

    public Task Update(SagaConsumeContext<TSaga> context)
    {
        store.Put(context.Saga);
        return Task.CompletedTask;
    }

    public Task Delete(SagaConsumeContext<TSaga> context)
    {
        store.Delete(context.Saga.CorrelationId);
        return Task.CompletedTask;
    }

    public Task Discard(SagaConsumeContext<TSaga> context) => Task.CompletedTask;

    public Task Undo(SagaConsumeContext<TSaga> context) => Task.CompletedTask;

    public Task<SagaConsumeContext<TSaga, T>> CreateSagaConsumeContext<T>(ConsumeContext<T> consumeContext, TSaga instance, SagaConsumeContextMode mode)
        where T : class => factory.CreateSagaConsumeContext(store, consumeContext, instance, mode);

    private Task<SagaConsumeContext<TSaga, TMessage>> Make(TSaga instance, SagaConsumeContextMode mode) =>
        factory.CreateSagaConsumeContext(store, _context, instance, mode);
}
