using System.Diagnostics.Metrics;
using Workers.Contracts.Commands;
using Workers.Engine.Telemetry;

namespace Workers.Engine.Control;

/// <summary>What is held back: the same from every process.</summary>
public sealed class PauseGauges(ControlFeed control, TimeProvider clock, EngineMeter meter) : IGauges
{
    public void Show() => meter.Gauge("workers.queue.paused", "{pause}", "Pauses in force, of a kind or of a type or key of it", Paused);

    public Task LookAsync(CancellationToken cancellation) => Task.CompletedTask;

    private IEnumerable<Measurement<int>> Paused()
    {
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        var pauses = control.Current.Pauses.Where(pause => !pause.IsOver(now)).CountBy(pause => pause.Kind).ToDictionary();
        return CommandCatalog.Kinds.Select(kind => new Measurement<int>(pauses.GetValueOrDefault(kind), new KeyValuePair<string, object?>("command.kind", kind)));
    }
}
