using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Workers.Bus;
using Workers.Engine.Options;
using Workers.Engine.Telemetry;

namespace Workers.Handlers.Effects.Services;

/// <summary>One <see cref="ServicePipeline"/> for each service that is called, by its name.</summary>
public sealed class ServicePipelines(EffectOptions options, TimeProvider clock, ILogger<ServicePipelines> log, BusSettings? bus = null) : IDisposable
{
    private readonly ConcurrentDictionary<string, ServicePipeline> _services = new(StringComparer.OrdinalIgnoreCase);
    private readonly BusSettings.CircuitBreakerSettings _breaker = (bus ?? new BusSettings()).CircuitBreaker;

    /// <summary>The circuit breakers of all services, by name.</summary>
    public IReadOnlyList<CircuitStatus> Circuits => [.. _services.Values.Select(s => s.Circuit).OrderBy(c => c.Name, StringComparer.Ordinal)];

    /// <summary>Told when a circuit has opened or closed.</summary>
    public event Action<CircuitStatus>? Changed;

    /// <summary>The service's pipeline; <paramref name="timeout"/> counts where it is made.</summary>
    public ServicePipeline Get(string name, TimeSpan timeout) =>
        _services.GetOrAdd(name, n => new ServicePipeline(n, timeout, Math.Max(1, options.Concurrency / 2), _breaker, clock, log, status => Changed?.Invoke(status)));

    /// <summary>Shows the circuits as figures.</summary>
    public void Show(EngineMeter meter) => meter.Gauge(
        "workers.circuit.state", "", "The circuit of a service outside: 0 closed, 1 half open, 2 open",
        () => _services.Values.GroupBy(service => ServiceMetrics.LabelOf(service.Name), service => BadnessOf(service.Circuit.State)).Select(
            same => new Measurement<int>(same.Max(), new KeyValuePair<string, object?>("service", same.Key))));

    /// <summary>Closes a service's circuit, or all with null; how many.</summary>
    public async Task<int> ResetAsync(string? name, CancellationToken cancellation)
    {
        var meant = _services.Values.Where(s => name is null || s.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).ToList();
        foreach (var service in meant)
        {
            await service.ResetAsync(cancellation);
        }

        return meant.Count;
    }

    private static int BadnessOf(string state) => state switch
    {
        "closed" => 0,
        "half_open" => 1,
        _ => 2,
    };

    public void Dispose()
    {
        foreach (var service in _services.Values)
        {
            service.Dispose();
        }
    }
}
