using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace Workers.Telemetry.Prometheus;

/// <summary>One scrape at a time: what the reader collects on its thread is its text.</summary>
internal sealed class ScrapeInHand
{
    private const int TimeoutMs = 5_000;
    private const int Attempts = 3;

    private readonly Lock _gate = new();
    private ScrapeText? _text;
    private int _thread;
    private bool _isWritten;

    /// <param name="openMetrics">Else the text format.</param>
    /// <param name="provider">Whose figures they are.</param>
    /// <param name="collect">The reader's; it has them exported on this thread.</param>
    public byte[] Run(bool openMetrics, BaseProvider? provider, Func<int, bool>? collect)
    {
        lock (_gate)
        {
            var text = new ScrapeText(openMetrics);
            text.Info("target", "What this process is", provider.GetResource().Attributes);
            (_text, _isWritten, _thread) = (text, false, Environment.CurrentManagedThreadId);
            try
            {
                // The reader joins two who collect at the same moment: then it was done for the other one.
                for (var attempt = 0; attempt < Attempts && !_isWritten; attempt++)
                {
                    collect?.Invoke(TimeoutMs);
                }
            }
            finally
            {
                Volatile.Write(ref _thread, 0);
            }

            return text.End();
        }
    }

    /// <summary>True where these were collected for the scrape in hand.</summary>
    public bool Takes(in Batch<Metric> batch)
    {
        if (Volatile.Read(ref _thread) != Environment.CurrentManagedThreadId)
        {
            return false;
        }

        _text!.Write(batch);
        _isWritten = true;
        return true;
    }
}
