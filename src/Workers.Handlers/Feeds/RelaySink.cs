using Workers.Engine.Faults;
using Workers.Engine.Log;
using Workers.Engine.Store;

namespace Workers.Handlers.Feeds;

/// <summary>
/// The feeds lie in a log of their own: the positions move when it has the records. So each is there at least once, repeats only directly after a failure and
/// with the same ids, and no record is before another of its partition that it followed.
/// </summary>
internal sealed class RelaySink(IRelayLog log, IStateStore store) : IFeedSink, IDisposable
{
    private IRelaySender? _sender;

    // Of the sender, which says it once: whoever waits then is told, and whoever comes later, too.
    private TaskCompletionSource<Exception> _failed = new();

    public async Task<FlushResult> PublishAsync(IReadOnlyList<FeedPart> parts, CancellationToken cancellation)
    {
        var records = parts.SelectMany(p => p.Records).ToList();
        if (records.Count > 0)
        {
            await SendAsync(records, cancellation).ConfigureAwait(false);
            FailPoint.Hit("feed-before-position");
        }

        var results = await Task.WhenAll(parts.Select(p => store.FlushAsync(p.ToFlush(withRecords: false)))).ConfigureAwait(false);
        return results.FirstOrDefault(r => r != FlushResult.Committed, FlushResult.Committed);
    }

    public void Dispose() => _sender?.Dispose();

    private async Task SendAsync(List<LogRecord> records, CancellationToken cancellation)
    {
        if (_failed.Task.IsCompleted)
        {
            Drop();
        }

        _sender ??= Open();
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        try
        {
            _sender.Send(records, () => done.TrySetResult());
            await Task.WhenAny(done.Task, _failed.Task).WaitAsync(cancellation).ConfigureAwait(false);
            if (!done.Task.IsCompleted)
            {
                var error = await _failed.Task.ConfigureAwait(false);
                throw new LogUnavailableException($"The feeds cannot be written: {error.Message}.", error);
            }
        }
        catch
        {
            // Some may be there and others not: all of it is sent again by another sender.
            Drop();
            throw;
        }
    }

    private IRelaySender Open()
    {
        var failed = _failed = new TaskCompletionSource<Exception>(TaskCreationOptions.RunContinuationsAsynchronously);
        return log.OpenSender(error => failed.TrySetResult(error));
    }

    private void Drop()
    {
        _sender?.Dispose();
        _sender = null;
    }
}
