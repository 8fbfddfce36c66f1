using MassTransit;
using Workers.Bus;
using Workers.Engine.Commands;
using Workers.Engine.Session;

namespace Workers.Handlers.Commands;

/// <summary>A command on the bus, with what its handler works with.</summary>
internal sealed record Execute<T>(T Command, CommandContext Context) : ICommand<Execute<T>, Reply>
    where T : class, Contracts.Commands.ICommand;

/// <summary>The MassTransit consumer of every command: message → bus → reply.</summary>
internal sealed class CommandConsumer<T>(CommandBus bus) : IConsumer<T>
    where T : class, Contracts.Commands.ICommand
{
    public async Task Consume(ConsumeContext<T> context)
    {
        var command = (CommandContext)context.GetPayload<BatchSession>().Scope;
        command.Reply = await bus.Send(new Execute<T>(context.Message, command), context.CancellationToken);
    }
}
