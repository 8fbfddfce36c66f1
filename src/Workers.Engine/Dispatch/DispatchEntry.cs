using System.Text;
using Workers.Contracts.Headers;
using Workers.Engine.Log;
using Workers.Engine.Session;
using Workers.Engine.Store;

namespace Workers.Engine.Dispatch;

/// <summary>A message type in a group, and who takes it there: in order, one after another.</summary>
public sealed class DispatchEntry
{
    private readonly Receiver[] _receivers;

    internal DispatchEntry(MessageType type, Receiver[] receivers) => (Type, _receivers) = (type, receivers);

    public MessageType Type { get; }

    public IReadOnlyList<Receiver> Receivers => _receivers;

    /// <summary>Reads the record's value, once for all receivers.</summary>
    /// <exception cref="UnreadableMessageException">It is not that message.</exception>
    public object Decode(LogRecord record) => Type.Read(record.Value.Span);

    /// <summary>Adds what its execution will read, so that a batch reads it in one query.</summary>
    public void Prefetch(object message, LogRecord record, ICollection<StateKey> keys)
    {
        var only = Only(record);
        foreach (var receiver in _receivers)
        {
            if (only is null || receiver == only)
            {
                receiver.Prefetch(message, record, keys);
            }
        }
    }

    /// <summary>Hands the message to its receivers, or to the one that the record names.</summary>
    /// <exception cref="UnknownReceiverException">The record names one that is not here.</exception>
    public Task Dispatch(object message, LogRecord record, BatchSession session, CancellationToken cancellation = default)
    {
        if (record.Headers.TryGet(HeaderName.Receiver, out var name))
        {
            var only = Find(name) ?? throw new UnknownReceiverException(Encoding.UTF8.GetString(name), Type.Name);
            return Type.Dispatch(only, message, record, session, cancellation);
        }

        return _receivers.Length == 1
            ? Type.Dispatch(_receivers[0], message, record, session, cancellation)
            : FanOut(message, record, session, cancellation);
    }

    /// <summary>Who was to take the record, for its dead letter.</summary>
    public string HandlerOf(LogRecord record) => record.Headers.Get(HeaderName.Receiver) ?? string.Join(",", _receivers.Select(r => r.Name));

    private async Task FanOut(object message, LogRecord record, BatchSession session, CancellationToken cancellation)
    {
        foreach (var receiver in _receivers)
        {
            await Type.Dispatch(receiver, message, record, session, cancellation).ConfigureAwait(false);
        }
    }

    private Receiver? Only(LogRecord record) => record.Headers.TryGet(HeaderName.Receiver, out var name) ? Find(name) : null;

    private Receiver? Find(ReadOnlySpan<byte> name)
    {
        foreach (var receiver in _receivers)
        {
            if (name.SequenceEqual(receiver.NameUtf8))
            {
                return receiver;
            }
        }

        return null;
    }
}

/// <summary>A record is for a receiver that its group does not have, or that does not take such a message: no attempt will ever succeed.</summary>
public sealed class UnknownReceiverException(string receiver, string message) : Exception($"No receiver {receiver} takes {message} here.");
