using Workers.Contracts.Commands;
using Workers.Contracts.Effects;
using Workers.Engine.Control;
using Workers.Engine.Effects;
using Workers.Engine.Options;
using Workers.Engine.Store;

namespace Workers.Handlers.Effects.Outside;

/// <summary>
/// Has a command executed by its registered handler: six attempts within 36 minutes, as commands of our own have. Who was taken out meanwhile, or is no
/// longer at an allowed host, is not called.
/// </summary>
internal sealed class CallHandlerHandler(ControlFeed control, HandlerOptions options, HandlerClient client) : EffectHandler<CallHandler>
{
    /// <summary>The handler wants no more calls.</summary>
    public const string Gone = "HANDLER_GONE";

    private const string NotFound = "HANDLER_NOT_FOUND";

    public override EffectPolicy Policy { get; } = new()
    {
        Attempts = 6,
        AttemptTimeout = TimeSpan.FromMinutes(2),
        Delays =
        [
            TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(30),
        ],
    };

    protected override async Task<ICommand> ExecuteAsync(CallHandler effect, EffectContext context, CancellationToken cancellation)
    {
        // Whoever has sent it knows the handler, perhaps before it is known here.
        if ((Find(control.Current, effect) ?? Find(control.Ask(), effect)) is not { Url: { } url } row)
        {
            throw new EffectAbandoned(NotFound, $"The handler {effect.Handler} was unregistered");
        }

        return options.Refuse(url) is { } why
            ? throw new EffectAbandoned(NotFound, $"The handler {effect.Handler} is not called: {why}")
            : await client.CallAsync(effect, row, context.Attempt, cancellation);
    }

    protected override ICommand GaveUp(CallHandler effect, string code, string reason) => Of(effect) with
    {
        Outcome = CommandState.DeadLettered.Name(),
        Code = code == Gone ? NotFound : code,
        Message = reason,
        Gone = code == Gone,
    };

    private static HandlerRow? Find(ControlState state, CallHandler effect) =>
        state.Handlers.All.FirstOrDefault(handler => handler.Name == effect.Handler)?.Row is { Active: true, Url: not null } row ? row : null;

    internal static RecordHandled Of(CallHandler effect) => new()
    {
        TargetKey = effect.CommandKey,
        TargetId = effect.CommandId,
        TargetType = effect.CommandType,
        Handler = effect.Handler,
        Registration = effect.Registration,
    };
}
