namespace Workers.Engine.Follow;

/// <summary>How a <see cref="Follower"/> trades delay for larger commits.</summary>
public sealed record FollowOptions
{
    /// <summary>Records of a batch at most. Default 8,000.</summary>
    public int BatchRecords { get; init; } = 8_000;

    /// <summary>A batch of fewer waits <see cref="Linger"/> for company, if the last one was committed within <see cref="Busy"/>. Default 1,000.</summary>
    public int FewRecords { get; init; } = 1_000;

    /// <summary>Default 100 ms: nobody waits for what a follower writes, and what changes often is then written once.</summary>
    public TimeSpan Linger { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Default 250 ms.</summary>
    public TimeSpan Busy { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Offsets that a partition may be looked through before its position is stored although there was nothing in it. Default 10,000.</summary>
    public long IdleAdvance { get; init; } = 10_000;

    /// <summary>
    /// How long a group that has caught up (its newest record is younger than a second) waits after a batch of at least <see cref="FewRecords"/> before it reads on: under load the pages of its tables are then written
    /// a few times a second instead of dozens, which is half of its work, and nothing is held in memory meanwhile. Default 300 ms.
    /// </summary>
    public TimeSpan Pace { get; init; } = TimeSpan.FromMilliseconds(300);

    /// <summary>First wait after a failure; it doubles up to <see cref="LongestBackoff"/>. Default 200 ms.</summary>
    public TimeSpan Backoff { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Default 5 s.</summary>
    public TimeSpan LongestBackoff { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Attempts after which a single record that the store does not take is skipped. Default 3.</summary>
    public int Attempts { get; init; } = 3;
}
