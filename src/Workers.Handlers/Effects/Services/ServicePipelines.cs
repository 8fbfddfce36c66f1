using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Workers.Bus;
using Workers.Engine.Options;

namespace Workers.Handlers.Effects.Services;

/// <summary>One <see cref="ServicePipeline"/> for each service that is called, by its name.</summary>
public sealed class ServicePipelines(EffectOptions options, TimeProvider clock, ILogger<ServicePipelines> log, BusSettings? bus = null) : IDisposable
{
    private readonly ConcurrentDictionary<string, ServicePipeline> _services = new(StringComparer.OrdinalIgnoreCase);
    private readonly BusSettings.CircuitBreakerSettings _breaker = (bus ?? new BusSettings()).CircuitBreaker;

    /// <summary>The circuit breakers of all services, by name.</summary>
    public IReadOnlyList<CircuitStatus> Circuits => [.. _services.Values.Select(s => s.Circuit).OrderBy(c => c.Name, StringComparer.Ordinal)];

    /// <summary>The service's pipeline; <paramref name="timeout"/> counts where it is made.</summary>
    public ServicePipeline Get(string name, TimeSpan timeout) =>
        _services.GetOrAdd(name, n => new ServicePipeline(n, timeout, Math.Max(1, options.Concurrency / 2), _breaker, clock, log));

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

    public void Dispose()
    {
        foreach (var service in _services.Values)
        {
            service.Dispose();
        }
    }
}
