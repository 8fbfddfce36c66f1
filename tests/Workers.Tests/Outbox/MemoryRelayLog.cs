using Workers.Engine.Log;

namespace Workers.Tests.Outbox;

/// <summary>Takes what is sent; acknowledges by itself, or when it is told to; fails when it is told to.</summary>
internal sealed class MemoryRelayLog(Signal sent) : IRelayLog
{
    private readonly Lock _gate = new();
    private readonly List<(Guid Id, int Sender)> _sent = [];
    private readonly List<Action> _open = [];
    private Action<Exception>? _failed;
    private int _senders;

    public Signal Wake { get; } = sent;

    public bool Acknowledges { get; set; } = true;

    public IReadOnlyList<(Guid Id, int Sender)> Sent
    {
        get
        {
            lock (_gate)
            {
                return [.. _sent];
            }
        }
    }

    public IRelaySender OpenSender(Action<Exception> failed)
    {
        lock (_gate)
        {
            _failed = failed;
            return new Sender(this, ++_senders);
        }
    }

    /// <summary>Acknowledges what waits for it, the last first.</summary>
    public void Acknowledge(int count)
    {
        for (var i = 0; i < count; i++)
        {
            Action last;
            lock (_gate)
            {
                last = _open[^1];
                _open.RemoveAt(_open.Count - 1);
            }

            last();
        }
    }

    public void Fail()
    {
        lock (_gate)
        {
            _open.Clear();
        }

        _failed!(new InvalidOperationException("The test said so."));
    }

    private sealed class Sender(MemoryRelayLog log, int number) : IRelaySender
    {
        public void Send(IReadOnlyList<LogRecord> records, Action acknowledged)
        {
            bool now;
            lock (log._gate)
            {
                log._sent.AddRange(records.Select(r => (r.Id, number)));
                now = log.Acknowledges;
                if (!now)
                {
                    log._open.Add(acknowledged);
                }
            }

            if (now)
            {
                acknowledged();
            }

            log.Wake.Set();
        }

        public void Dispose()
        {
        }
    }
}
