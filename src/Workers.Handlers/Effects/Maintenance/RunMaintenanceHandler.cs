using System.Text;
using Workers.Contracts.Commands;
using Workers.Contracts.Effects;
using Workers.Engine.Cache;
using Workers.Engine.Effects;
using Workers.Engine.Projections;
using Workers.Engine.Store;
using Workers.Handlers.Commands;
using Workers.Handlers.Projections;

namespace Workers.Handlers.Effects.Maintenance;

/// <summary>
/// Deletes what retention allows, makes the read models anew, fills the cache of resources (where this process has one), or cuts the lists of document 001. Each
/// may be done again at any time.
/// </summary>
internal sealed class RunMaintenanceHandler(
    Retention retention, ProjectionRebuild rebuild, ListPruning lists, CacheWarming? warming, TimeProvider clock) : EffectHandler<RunMaintenance>
{
    private const int Warmed = 1_000;
    private const string Lists = "cleanup_lists";

    public override EffectPolicy Policy { get; } = new() { Attempts = 3, AttemptTimeout = TimeSpan.FromHours(1) };

    protected override async Task<ICommand> ExecuteAsync(RunMaintenance effect, EffectContext context, CancellationToken cancellation)
    {
        var since = clock.GetTimestamp();
        if (effect.Action == Lists)
        {
            var removed = await lists.PruneAsync(cancellation);
            return Of(effect) with { Outcome = CommandState.Succeeded.Name(), Result = Result(removed, (long)clock.GetElapsedTime(since).TotalMilliseconds) };
        }

        var done = effect.Action switch
        {
            "cleanup" => [("removed", await retention.TrimAsync())],
            "rebuild_projection" => [("written", await rebuild.RunAsync(cancellation))],
            _ => await WarmAsync(cancellation),
        };
        return Of(effect) with
        {
            Outcome = CommandState.Succeeded.Name(),
            Result = Result(effect.Action, done, (long)clock.GetElapsedTime(since).TotalMilliseconds),
        };
    }

    protected override ICommand GaveUp(RunMaintenance effect, string code, string reason) =>
        Of(effect) with { Outcome = CommandState.DeadLettered.Name(), Code = code, Message = reason };

    private async Task<(string Name, long Count)[]> WarmAsync(CancellationToken cancellation)
    {
        var warmed = new List<(string, long)>();
        foreach (var (kind, model) in warming is null ? [] : CacheWarming.Kinds)
        {
            warmed.Add(($"{kind}s", await warming!.WarmAsync(kind, model, Warmed, cancellation)));
        }

        return [.. warmed];
    }

    private static RecordHandled Of(RunMaintenance effect) => new()
    {
        TargetKey = effect.Action,
        TargetId = effect.CommandId,
        TargetType = effect.Action == Lists ? nameof(Cleanup) : nameof(RunSystemAction),
    };

    // Of queries each process that serves keeps the newest by itself.
    private static string Result(CqrsRemoved removed, long tookMs) => Encoding.UTF8.GetString(ControlAnswers.Bytes(json =>
    {
        json.WriteStartObject("removed");
        json.WriteNumber("commands", removed.Commands);
        json.WriteNumber("queries", 0);
        json.WriteNumber("events", removed.Events);
        json.WriteNumber("read_models", removed.ReadModels);
        json.WriteEndObject();
        json.WriteNumber("duration_ms", tookMs);
    }));

    private static string Result(string action, (string Name, long Count)[] done, long tookMs) => Encoding.UTF8.GetString(ControlAnswers.Bytes(json =>
    {
        json.WriteString("action", action);
        json.WriteString("status", "DONE");
        foreach (var (name, count) in done)
        {
            json.WriteNumber(name, count);
        }

        json.WriteNumber("duration_ms", tookMs);
    }));
}
