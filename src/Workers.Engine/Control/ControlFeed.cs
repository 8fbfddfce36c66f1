using Microsoft.Extensions.Logging;
using Workers.Engine.Health;
using Workers.Engine.Log;
using Workers.Engine.Store;

namespace Workers.Engine.Control;

/// <summary>
/// What concerns every worker, known in this process: asked for when a flush of this process has changed it and, where others may have, five times a
/// second. Who is late is not wrong: its flush is refused, and it asks then (<see cref="Refresh"/>). Tests: ControlPumpTests.
/// </summary>
public sealed class ControlFeed : IDisposable
{
    private static readonly TimeSpan Alone = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly IStateStore _store;
    private readonly TimeSpan _poll;
    private readonly ILogger _logger;
    private readonly Signal _wake = new();
    private readonly Thread _thread;
    private volatile ControlState _current = ControlState.Empty;
    private volatile bool _stopping;
    private bool _started;

    /// <param name="store">Where it is kept.</param>
    /// <param name="poll">How often to look although nothing woke us; null where this process alone changes it.</param>
    /// <param name="logger">Told when it cannot be read.</param>
    public ControlFeed(IStateStore store, TimeSpan? poll, ILogger<ControlFeed> logger)
    {
        (_store, _poll, _logger) = (store, poll ?? Alone, logger);
        _thread = new Thread(Run) { IsBackground = true, Name = "control" };
    }

    /// <summary>Told after each change, on whichever thread has noticed it.</summary>
    public event Action? Changed;

    public ControlState Current => _current;

    /// <summary>Reads it once, so that nothing runs under an empty one, and follows it from then on.</summary>
    public void Start()
    {
        lock (_gate)
        {
            if (_started)
            {
                return;
            }

            using var reader = _store.OpenReader();
            Refresh(reader);
            _thread.Start();
            _started = true;
        }
    }

    /// <summary>As it is stored at this moment: for who misses something that others may have written.</summary>
    public ControlState Ask()
    {
        using var reader = _store.OpenReader();
        Refresh(reader);
        return _current;
    }

    /// <summary>Brings it up to date now.</summary>
    public void Refresh(IStateReader reader)
    {
        lock (_gate)
        {
            var version = reader.ControlVersion();
            if (version == _current.Version)
            {
                return;
            }

            // A row may already be of a later version: whoever works under this one is refused by its flush.
            // Cancels that are done with were deleted: where there are any, all rows are read.
            _current = _current.Cancels.IsEmpty
                ? _current.With(version, reader.ControlRows(_current.Version))
                : ControlState.Empty.With(version, reader.ControlRows(0));
        }

        Changed?.Invoke();
    }

    /// <summary>Told of each flush of this process after its commit.</summary>
    public void Committed(Flush flush)
    {
        if (flush.ControlDone.Count > 0)
        {
            lock (_gate)
            {
                _current = _current.Without(flush.ControlDone);
            }
        }

        if (flush.Control.Count > 0)
        {
            Follow();
        }
    }

    public void Dispose()
    {
        if (_stopping)
        {
            return;
        }

        _stopping = true;
        _wake.Set();
        if (!_started || _thread.Join(TimeSpan.FromSeconds(5)))
        {
            _wake.Dispose();
        }
    }

    // At once, so that whoever is told that it is done finds it done.
    private void Follow()
    {
        try
        {
            Ask();
        }
        catch (StoreUnavailableException)
        {
            _wake.Set();
        }
    }

    private void Run()
    {
        var outage = new Outage();
        while (!_stopping)
        {
            try
            {
                using var reader = _store.OpenReader();
                while (!_stopping)
                {
                    Refresh(reader);
                    if (outage.Ends())
                    {
                        LogMessages.GoesOn(_logger, "control");
                    }

                    _wake.Wait(_poll);
                }
            }
#pragma warning disable CA1031 // The loop outlives any failure of the store: what is known goes on being known, and flushes are checked by the store.
            catch (Exception error)
#pragma warning restore CA1031
            {
                LogMessages.ControlNotRead(_logger, outage.LevelOf(error), error);
                _wake.Wait(TimeSpan.FromSeconds(1));
            }
        }
    }
}
