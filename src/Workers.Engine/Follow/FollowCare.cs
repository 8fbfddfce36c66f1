using System.Text.Json;
using Workers.Engine.Log;
using Workers.Engine.Store;

namespace Workers.Engine.Follow;

/// <summary>
/// Finds the record that cannot be written: after a batch has failed because of what is in it, as many records run one by one; one that fails alone
/// again and again is skipped. Any other failure is the store's, and is waited out however long it takes: no record is lost to an outage.
/// </summary>
internal sealed class FollowCare(FollowOptions options)
{
    private int _single;
    private Guid _suspect;
    private int _failures;

    /// <summary>Records of the next batch at most.</summary>
    public int BatchRecords => _single > 0 ? 1 : options.BatchRecords;

    public bool MustSkip(LogRecord record) => record.Id == _suspect && _failures >= options.Attempts;

    public void Committed(int records) => _single = Math.Max(0, _single - records);

    public void Failed(IReadOnlyList<LogRecord> batch, Exception error)
    {
        if (!IsOfRecord(error) || batch.Count == 0)
        {
            return;
        }

        _single = Math.Max(_single, batch.Count);
        if (batch.Count == 1)
        {
            _failures = batch[0].Id == _suspect ? _failures + 1 : 1;
            _suspect = batch[0].Id;
        }
    }

    // Stores say FlushFailed; the others come from folding and writing JSON.
    private static bool IsOfRecord(Exception error) => error switch
    {
        ObjectDisposedException => false,
        FlushFailedException or JsonException or FormatException or ArgumentException or ArithmeticException or InvalidCastException => true,
        InvalidOperationException or KeyNotFoundException or NotSupportedException or NullReferenceException => true,
        _ => false,
    };
}
