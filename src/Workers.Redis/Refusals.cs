using Microsoft.Extensions.Logging;

namespace Workers.Redis;

/// <summary>Calls that Redis answered with an error: it is there, and does not do what it is asked. One log line for many.</summary>
internal sealed class Refusals(TimeProvider clock, ILogger log)
{
    private static readonly TimeSpan s_recent = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private string? _why;
    private long _at;

    /// <summary>Why the last one was refused; null where that is long ago.</summary>
    public string? Recent
    {
        get
        {
            lock (_gate)
            {
                return _why is not null && clock.GetElapsedTime(_at) < s_recent ? _why : null;
            }
        }
    }

    public void Add(string why)
    {
        var isFirst = Recent is null;
        lock (_gate)
        {
            (_why, _at) = (why, clock.GetTimestamp());
        }

        if (isFirst)
        {
            Log.Refused(log, why);
        }
    }
}
