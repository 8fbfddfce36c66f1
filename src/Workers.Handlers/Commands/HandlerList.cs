using MassTransit;
using Workers.Bus;
using Workers.Contracts.Commands;
using Workers.Engine.Commands;
using Workers.Engine.Dispatch;

namespace Workers.Handlers.Commands;

/// <summary>The handlers of commands, as the capability files register them.</summary>
internal sealed class HandlerList
{
    private readonly List<Registration> _registrations = [];

    public IReadOnlyList<Registration> All => _registrations;

    /// <param name="kind">The state at the command's key, read ahead; null for none.</param>
    public HandlerList On<T>(string? kind, Func<T, CommandContext, Reply> handler)
        where T : class, ICommand
    {
        _registrations.Add(new Registration(
            typeof(T), kind, CommandCatalog.Of<T>().Topic,
            bus => bus.Register<Execute<T>, Reply>((message, _) => new ValueTask<Reply>(handler(message.Command, message.Context)), typeof(T).Name),
            masstransit => masstransit.AddConsumer<CommandConsumer<T>>(),
            receivers => receivers.Consumer<CommandConsumer<T>>(typeof(T).Name, sharesScope: true)));
        return this;
    }

    internal sealed record Registration(
        Type Command, string? Kind, string Topic, Action<CommandBus> OnBus, Action<IRegistrationConfigurator> OnMassTransit, Func<Receivers, Receiver> OnReceivers);
}
