using Workers.Engine.Log;
using Workers.Engine.Store;

namespace Workers.Engine.Follow;

/// <summary>
/// Finds the record that a store does not take: after a batch has failed, though the store can be reached, as many records run one by one; one that
/// fails alone again and again is skipped.
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
        if (IsOutage(error) || batch.Count == 0)
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

    /// <summary>No record is to blame.</summary>
    private static bool IsOutage(Exception error) =>
        error is StoreUnavailableException or LogUnavailableException or OperationCanceledException or TimeoutException or IOException;
}
