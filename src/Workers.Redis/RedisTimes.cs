namespace Workers.Redis;

/// <summary>
/// How long things may take. Reads are right as long as <see cref="Grace"/> is longer than <see cref="Lease"/>, and <see cref="Quiet"/> longer than
/// <see cref="Lease"/> and <see cref="Fresh"/> together.
/// </summary>
internal sealed record RedisTimes
{
    /// <summary>Between two looks at whether Redis is well, and at the generation.</summary>
    public TimeSpan Beat { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>A call to Redis that takes longer has failed.</summary>
    public TimeSpan Call { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>A reader believes entries for so long after it has looked at the generation.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromMilliseconds(1_500);

    /// <summary>A writer that moved the generation writes without Redis only after so long: by then every reader has seen it or believes nothing.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromMilliseconds(2_500);

    /// <summary>And only for so long after it has moved it again.</summary>
    public TimeSpan Fresh { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Entries count only while the generation has not moved for so long.</summary>
    public TimeSpan Quiet { get; init; } = TimeSpan.FromSeconds(6);
}
