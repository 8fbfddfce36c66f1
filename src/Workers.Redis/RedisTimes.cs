namespace Workers.Redis;

/// <summary>
/// How long things may take. That <see cref="Grace"/> is longer than <see cref="Lease"/> is what keeps reads right while Redis fails: see <see cref="RedisLink"/>.
/// </summary>
internal sealed record RedisTimes
{
    /// <summary>Between two looks at whether Redis is well.</summary>
    public TimeSpan Beat { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>A call that takes longer has failed.</summary>
    public TimeSpan Call { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Entries are believed for so long after the last look that went well.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>A write goes on without Redis no sooner than so long after that failed: by then nobody believes entries that it could not drop.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromMilliseconds(1_500);
}
