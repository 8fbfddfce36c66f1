using System.Globalization;
using Microsoft.AspNetCore.Http;
using Workers.Engine.Limits;
using Workers.Engine.Options;

namespace Workers.Api.Http;

/// <summary>Lets a caller's requests through as its bucket has tokens, and says in headers how it stands (<c>RateLimit</c>, <c>RateLimit-Policy</c>).</summary>
internal sealed class RateGate(IRateLimiter limiter, ApiOptions options)
{
    /// <summary>Why the request is not served now; null where it is.</summary>
    public ValueTask<Problem?> RefuseAsync(HttpContext http) =>
        Access.BucketOf(http, options) is not { Limit.PerSecond: > 0 } bucket || IsProbe(http.Request.Path) ? default : TakeAsync(http, bucket);

    private async ValueTask<Problem?> TakeAsync(HttpContext http, Bucket bucket)
    {
        var limit = bucket.Limit;
        var taken = await limiter.TakeAsync(bucket.Who, limit, http.RequestAborted);
        http.Response.OnStarting(() =>
        {
            // Not before: a request that fails begins its answer anew.
            var headers = http.Response.Headers;
            headers["RateLimit-Policy"] = string.Create(CultureInfo.InvariantCulture, $"\"{bucket.Policy}\";q={limit.Burst};w={Seconds(limit.Window)}");
            headers["RateLimit"] = string.Create(CultureInfo.InvariantCulture, $"\"{bucket.Policy}\";r={taken.Remaining};t={Seconds(taken.Full)}");
            return Task.CompletedTask;
        });
        return taken.IsAllowed ? null : new Problem(
            StatusCodes.Status429TooManyRequests, "RATE_LIMITED", $"Too many requests: {limit.PerSecond} a second are served for one {bucket.Policy}, {limit.Burst} at once")
        {
            Retryable = true,
            RetryAfter = Seconds(taken.Retry),
        };
    }

    private static bool IsProbe(PathString path) => path.StartsWithSegments("/health") || path.StartsWithSegments("/metrics");

    // Whole seconds, not too few.
    private static int Seconds(TimeSpan time) => Math.Max(1, (int)Math.Ceiling(time.TotalSeconds));
}

/// <summary>From which bucket a request takes.</summary>
/// <param name="Who">Names it.</param>
/// <param name="Policy">What it belongs to: <c>key</c> or <c>address</c>.</param>
internal readonly record struct Bucket(string Who, string Policy, RateLimit Limit);
