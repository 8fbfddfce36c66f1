using System.Collections.Concurrent;
using Workers.Engine.Store;

namespace Workers.Engine.Waiting;

/// <summary>A few readers of the state store, lent to one request at a time.</summary>
public sealed class StateReaders(IStateStore store, int kept = 4) : IDisposable
{
    private readonly ConcurrentBag<IStateReader> _idle = [];
    private bool _disposed;

    /// <summary>A reader until the loan is disposed; more than are kept are opened when that many requests read at once.</summary>
    public Loan Rent() => new(this, _idle.TryTake(out var reader) ? reader : store.OpenReader());

    public void Dispose()
    {
        _disposed = true;
        while (_idle.TryTake(out var reader))
        {
            reader.Dispose();
        }
    }

    private void Return(IStateReader reader)
    {
        if (_disposed || _idle.Count >= kept)
        {
            reader.Dispose();
        }
        else
        {
            _idle.Add(reader);
        }
    }

    public readonly struct Loan(StateReaders owner, IStateReader reader) : IDisposable
    {
        public IStateReader Reader { get; } = reader;

        public void Dispose() => owner.Return(Reader);
    }
}
