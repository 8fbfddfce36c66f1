using Workers.Contracts.Commands;
using Workers.Contracts.Effects;
using Workers.Engine.Control;
using Workers.Engine.Effects;

namespace Workers.Handlers.Effects.Maintenance;

/// <summary>A page of the commands that a cancellation of many is about. Reads alone: it may be done again at any time.</summary>
internal sealed class FindCancellableHandler(CancelScan scan) : EffectHandler<FindCancellable>
{
    public override EffectPolicy Policy { get; } = new() { Deadline = TimeSpan.FromHours(1) };

    protected override async Task<ICommand> ExecuteAsync(FindCancellable effect, EffectContext context, CancellationToken cancellation)
    {
        var page = await scan.PageAsync(effect.Filter, effect.After, cancellation);
        return new TakeCancellable
        {
            OperationId = effect.OperationId,
            After = effect.After,
            Next = page.Next,
            Ids = [.. page.Items.Select(row => row.Id.ToString())],
            Keys = [.. page.Items.Select(row => row.Key)],
        };
    }

    protected override ICommand GaveUp(FindCancellable effect, string code, string reason) =>
        new TakeCancellable { OperationId = effect.OperationId, After = effect.After, Failure = $"{code}: {reason}" };
}
