using Microsoft.Extensions.Logging;
using Workers.Contracts;
using Workers.Contracts.Commands;
using Workers.Contracts.Headers;
using Workers.Engine.Control;
using Workers.Engine.Health;
using Workers.Engine.Log;

namespace Workers.Handlers.Effects.Services;

/// <summary>
/// Tells the store of this worker's circuits when they open and close, so that anybody can ask, and closes them when somebody has said so. What could
/// not be told is told at the next change.
/// </summary>
public sealed class CircuitReports(ServicePipelines services, ControlFeed control, ILog log, TimeProvider clock, ILogger<CircuitReports> logger)
{
    private long _seen;
    private int _started;

    /// <summary>Once for a process, whichever of its roles call the outside.</summary>
    /// <param name="worker">Name of this process.</param>
    public void Start(string worker)
    {
        if (Interlocked.Exchange(ref _started, 1) == 1)
        {
            return;
        }

        _seen = control.Current.Version;
        services.Changed += status => _ = TellAsync(worker, status);
        control.Changed += Obey;
    }

    private async Task TellAsync(string worker, CircuitStatus status)
    {
        var info = CommandCatalog.Of<RecordCircuit>();
        var command = new RecordCircuit
        {
            Name = status.Name,
            Worker = worker,
            State = status.State,
            Failures = status.Failures,
            OpenedMs = status.OpenedAt?.ToUnixTimeMilliseconds(),
            RetryMs = status.RetryAt?.ToUnixTimeMilliseconds(),
        };
        var now = clock.GetUtcNow();
        try
        {
            await log.AppendAsync(
                new LogRecord
                {
                    Id = Ids.New(now),
                    Topic = info.Topic,
                    Key = status.Name,
                    TimestampMs = now.ToUnixTimeMilliseconds(),
                    Headers = new HeaderWriter().Add(HeaderName.Type, info.Name).Add(HeaderName.Source, worker).Add(HeaderName.Door, "internal").Take(),
                    Value = info.ToBytes(command),
                },
                CancellationToken.None);
        }
        catch (LogUnavailableException error)
        {
            LogMessages.CircuitNotTold(logger, status.Name, error.Cause());
        }
    }

    private void Obey()
    {
        var state = control.Current;
        foreach (var row in state.Rows(ControlKinds.BreakerReset).Where(row => row.Version > _seen))
        {
            if (ControlData.ReadReset(row) is { } reset)
            {
                _ = services.ResetAsync(reset.Name, CancellationToken.None);
            }
        }

        _seen = state.Version;
    }
}
