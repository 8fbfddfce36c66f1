namespace Workers.Engine.Limits;

/// <summary>Token buckets: one for each caller, full at first. Its suite is <c>RateLimiterConformance</c>. It never fails.</summary>
public interface IRateLimiter
{
    /// <summary>Takes a token, if there is one.</summary>
    /// <param name="who">Whose bucket.</param>
    /// <param name="limit">The same for each call of one bucket.</param>
    /// <param name="cancellation">Ends the call.</param>
    ValueTask<RateAllowance> TakeAsync(string who, RateLimit limit, CancellationToken cancellation);
}

/// <param name="PerSecond">Tokens that a bucket gets a second.</param>
/// <param name="Burst">Tokens that it holds.</param>
public readonly record struct RateLimit(int PerSecond, int Burst)
{
    /// <summary>How long an empty bucket takes to be full.</summary>
    public TimeSpan Window => TimeSpan.FromSeconds((double)Burst / PerSecond);
}

/// <param name="IsAllowed">A token was taken.</param>
/// <param name="Remaining">Tokens left.</param>
/// <param name="Retry">How long until there is a token again; zero where one was taken.</param>
/// <param name="Full">How long until the bucket is full.</param>
public readonly record struct RateAllowance(bool IsAllowed, int Remaining, TimeSpan Retry, TimeSpan Full);
