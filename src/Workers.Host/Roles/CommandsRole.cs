using Workers.Contracts;
using Workers.Contracts.Commands;
using Workers.Engine.Commands;
using Workers.Engine.Control;
using Workers.Engine.Pump;
using Workers.Handlers;

namespace Workers.Host.Roles;

/// <summary>Executes commands: reads <c>workers.commands</c>; writes states, events, outcomes and what they cause.</summary>
internal static class CommandsRole
{
    public static void Add(IServiceCollection services) => AddControl(services).AddSingleton<Func<IServiceProvider, Runner>>(_ => provider =>
    {
        var table = HandlersModule.CommandTable(provider);
        var kinds = HandlersModule.StateKinds(provider);
        var routes = provider.GetRequiredService<FlowRoutes>();
        var rules = provider.GetRequiredService<RuleSettings>();
        var threads = provider.GetRequiredService<PumpOptions>().Threads;
        return GroupRunner.Make(
            provider,
            new PumpGroup(
                "commands", Topics.Commands, threads > 0 ? threads : Math.Min(4, Environment.ProcessorCount),
                _ => new CommandExecutor(table, kinds, routes, rules, CancellationToken.None), provider.GetRequiredService<ControlFeed>()));
    });

    /// <summary>Without the commands that concern one key each.</summary>
    public static IServiceCollection AddControl(IServiceCollection services) => services.AddSingleton<Func<IServiceProvider, Runner>>(_ => Control);

    /// <summary>The one reader of what concerns every worker.</summary>
    private static Runner Control(IServiceProvider provider)
    {
        var table = HandlersModule.ControlTable(provider);
        var routes = provider.GetRequiredService<FlowRoutes>();
        var none = new Dictionary<Type, string>();
        return GroupRunner.Make(
            provider, new PumpGroup("control", Topics.Control, 1, _ => new CommandExecutor(table, none, routes, rules: null, CancellationToken.None)));
    }
}
