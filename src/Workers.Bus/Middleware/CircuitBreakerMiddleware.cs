using System.Collections.Concurrent;

namespace Workers.Bus.Middleware;

/// <summary>
/// Stops trying what keeps failing: after <c>failureThreshold</c> failures in a row a command or query is refused with
/// <see cref="CircuitOpenException"/> for <c>timeout</c>; then one is tried, and its end closes the circuit or opens it again. Each
/// registered name has a circuit of its own.
/// </summary>
public sealed class CircuitBreakerMiddleware : ICommandMiddleware, IQueryMiddleware
{
    private readonly ConcurrentDictionary<string, Circuit> _circuits = new(StringComparer.Ordinal);
    private readonly Func<string, Circuit> _make;
    private readonly Func<Exception, bool> _isFailure;

    /// <summary>All circuits are closed.</summary>
    /// <param name="failureThreshold">Failures in a row that open a circuit; at least 1.</param>
    /// <param name="timeout">How long it stays open.</param>
    /// <param name="isFailure">
    /// What counts; by default every error that is not the caller's own: neither validation, missing rights or limits, nor a cancellation by the caller.
    /// </param>
    /// <param name="time">Its clock.</param>
    public CircuitBreakerMiddleware(int failureThreshold, TimeSpan timeout, Func<Exception, bool>? isFailure = null, TimeProvider? time = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(failureThreshold, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(timeout, TimeSpan.Zero);
        _isFailure = isFailure ?? IsFailure;
        _make = name => new Circuit(name, failureThreshold, timeout, time ?? TimeProvider.System);
    }

    /// <inheritdoc/>
    public Handler<TMessage, TResult> Around<TMessage, TResult>(MessageInfo message, Handler<TMessage, TResult> next)
        where TMessage : class
    {
        var circuit = _circuits.GetOrAdd(message.Name, _make);
        return async (m, cancellation) =>
        {
            var trial = circuit.Enter();
            try
            {
                var result = await next(m, cancellation).ConfigureAwait(false);
                circuit.Succeed(trial);
                return result;
            }
            catch (Exception e)
            {
                circuit.Fail(trial, !(e is OperationCanceledException && cancellation.IsCancellationRequested) && _isFailure(e));
                throw;
            }
        };
    }

    /// <summary>Closes the circuit of a name, or all with null; how many there are of it.</summary>
    public int Reset(string? name = null)
    {
        var meant = _circuits.Where(c => name is null || c.Key == name).ToList();
        meant.ForEach(c => c.Value.Reset());
        return meant.Count;
    }

    /// <summary>Every circuit, by name.</summary>
    public IReadOnlyList<CircuitSnapshot> Snapshot() =>
        [.. _circuits.Values.Select(c => c.Snapshot()).OrderBy(c => c.Name, StringComparer.Ordinal)];

    private static bool IsFailure(Exception e) => e is not BusException
    {
        Error: BusError.Validation or BusError.RateLimited or BusError.Unauthorized or BusError.Forbidden or BusError.CircuitOpen,
    };
}
