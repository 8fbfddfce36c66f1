using Microsoft.Extensions.Logging;
using Workers.Engine.Health;
using Workers.Engine.Store;

namespace Workers.Engine.Waiting;

/// <summary>Looks outcomes up off the pumps' threads: whatever was asked for while one query ran is the next query.</summary>
internal sealed class OutcomeReads(IStateStore store, Action<IEnumerable<Outcome>> found, ILogger log) : IThreadPoolWorkItem, IDisposable
{
    private readonly Lock _gate = new();
    private readonly Outage _outage = new();
    private HashSet<Guid> _asked = [];
    private HashSet<Guid> _asking = [];
    private IStateReader? _reader;
    private bool _running;
    private bool _disposed;

    public void Ask(Guid id)
    {
        lock (_gate)
        {
            if (_disposed || !_asked.Add(id) || _running)
            {
                return;
            }

            _running = true;
        }

        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    public void Execute()
    {
        while (Next())
        {
            try
            {
                _reader ??= store.OpenReader();
                var outcomes = new Dictionary<Guid, Outcome>(_asking.Count);
                _reader.FindOutcomes(_asking, outcomes);
                found(outcomes.Values);
                _ = _outage.Ends();
            }
#pragma warning disable CA1031 // On a pool thread any exception would end the process; the next poll asks again, and who waits is told 202 at the latest.
            catch (Exception error)
#pragma warning restore CA1031
            {
                LogMessages.OutcomesNotRead(log, _outage.LevelOf(error), error);
                _reader?.Dispose();
                _reader = null;
            }

            _asking.Clear();
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            if (!_running)
            {
                _reader?.Dispose();
            }
        }
    }

    private bool Next()
    {
        lock (_gate)
        {
            _running = _asked.Count > 0 && !_disposed;
            (_asked, _asking) = (_asking, _asked);
            if (_disposed)
            {
                _reader?.Dispose();
            }

            return _running;
        }
    }
}
