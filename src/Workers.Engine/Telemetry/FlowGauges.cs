using System.Diagnostics.Metrics;
using Workers.Engine.Store;

namespace Workers.Engine.Telemetry;

/// <summary>How many instances of each flow stand in each state; the store's, the same from every process that tells.</summary>
/// <param name="sagas">Names of the flows.</param>
public sealed class FlowGauges(IStateStore store, IReadOnlyList<string> sagas, EngineMeter meter) : IGauges
{
    /// <summary>Ended flows stay in the store: counting them all would cost more and more.</summary>
    private const int Most = 10_000;

    private readonly Dictionary<(string Saga, string State), int> _counts = [];
    private IReadOnlyList<Measurement<int>> _sample = [];

    public void Show() => meter.Gauge(
        "workers.saga.instances", "{instance}", "Flows by their state; where there are more than 10,000 in one it is 10,000", () => Volatile.Read(ref _sample));

    public Task LookAsync(CancellationToken cancellation)
    {
        using var reader = store.OpenReader();

        // A state that nobody is in any more has 0, not what it had.
        _counts.Keys.ToList().ForEach(key => _counts[key] = 0);
        foreach (var saga in sagas)
        {
            foreach (var (state, count) in reader.CountLabels("flow:" + saga, Most))
            {
                _counts[(saga, state)] = count;
            }
        }

        Volatile.Write(ref _sample, [.. _counts.Select(one => new Measurement<int>(one.Value, new("saga", one.Key.Saga), new("state", one.Key.State)))]);
        return Task.CompletedTask;
    }
}
