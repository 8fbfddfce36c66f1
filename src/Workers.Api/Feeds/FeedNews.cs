using Workers.Engine.Log;

namespace Workers.Api.Feeds;

/// <summary>Whether there is news in one feed since it was last waited for.</summary>
internal sealed class FeedNews(LiveTail tail, string topic) : ITailListener, IDisposable
{
    private readonly SemaphoreSlim _news = new(0, 1);
    private int _told;

    public void Heard(LogRecord record, FeedPlace place)
    {
        if (record.Topic == topic && Interlocked.Exchange(ref _told, 1) == 0)
        {
            _news.Release();
        }
    }

    /// <summary>Returns when there is news, after <paramref name="limit"/>, or when <paramref name="stopping"/>.</summary>
    public async Task WaitAsync(TimeSpan limit, CancellationToken stopping, CancellationToken cancellation)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping, cancellation);
        try
        {
            if (await _news.WaitAsync(limit, either.Token))
            {
                Interlocked.Exchange(ref _told, 0);
            }
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
        }
    }

    public void Dispose()
    {
        tail.Leave(this);
        _news.Dispose();
    }
}
