using Workers.Bus.Middleware;

namespace Workers.Bus;

/// <summary>What both buses take.</summary>
public abstract class BusOptions
{
    /// <summary>Room for this many message types before the table grows.</summary>
    public int InitialCapacity { get; init; } = 256;

    /// <summary>Count and time every dispatch. Costs two reads of the clock.</summary>
    public bool EnableMetrics { get; init; } = true;

    /// <summary>
    /// Exceptions that are part of the handlers' own vocabulary and reach the caller as they are. All others but cancellation are wrapped in a
    /// <see cref="HandlerFailedException"/>. None by default.
    /// </summary>
    public Func<Exception, bool> PassThrough { get; init; } = static _ => false;

    /// <summary>The clock of the metrics.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}

/// <summary>What a <see cref="CommandBus"/> takes.</summary>
public sealed class CommandBusOptions : BusOptions
{
    /// <summary>Outermost first.</summary>
    public IReadOnlyList<ICommandMiddleware> Middleware { get; init; } = [];
}

/// <summary>What a <see cref="QueryBus"/> takes.</summary>
public sealed class QueryBusOptions : BusOptions
{
    /// <summary>Outermost first.</summary>
    public IReadOnlyList<IQueryMiddleware> Middleware { get; init; } = [];
}
