using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;
using Workers.Api.Callers;
using Workers.Engine.Identity;
using Workers.Engine.Limits;
using Workers.Engine.Options;

namespace Workers.Api.Http;

/// <summary>Lets a caller's requests through as its bucket has tokens, and says in headers how it stands (<c>RateLimit</c>, <c>RateLimit-Policy</c>).</summary>
internal sealed class RateGate(IRateLimiter limiter, ApiOptions options)
{
    /// <summary>Why the request is not served now; null where it is.</summary>
    /// <param name="http">The request.</param>
    /// <param name="caller">Who sent it.</param>
    /// <param name="isBad">It came with a credential that opens nothing.</param>
    public ValueTask<Problem?> RefuseAsync(HttpContext http, Caller caller, bool isBad) =>
        BucketOf(http, caller, isBad) is not { Limit.PerSecond: > 0 } bucket || (IsProbe(http.Request.Path) && !isBad) ? default : TakeAsync(http, bucket);

    /// <summary>
    /// Its key's or its subject's; of who came with a bad credential its address's; null where it is not limited, as callers are not who are let in without
    /// a key (<see cref="RateLimitOptions.Anonymous"/>).
    /// </summary>
    private Bucket? BucketOf(HttpContext http, Caller caller, bool isBad) =>
        caller is { IsKnown: true } && !isBad ? new Bucket(caller.Bucket!, "key", new RateLimit(options.RateLimit.KeyRate, options.RateLimit.KeyBurst))
        : isBad || caller.Roles == Role.None || options.RateLimit.Anonymous
            ? new Bucket("address:" + AddressOf(http.Connection.RemoteIpAddress), "address", new RateLimit(options.RateLimit.AddressRate, options.RateLimit.AddressBurst))
            : null;

    private async ValueTask<Problem?> TakeAsync(HttpContext http, Bucket bucket)
    {
        // A request takes one token of a bucket, whoever asks again on its way in.
        if (http.Features.Get<Taken>()?.Who == bucket.Who)
        {
            return null;
        }

        http.Features.Set(new Taken(bucket.Who));
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

    // One caller has a whole /64 of IPv6 for itself.
    private static string AddressOf(IPAddress? address)
    {
        if (address is null || address.IsIPv4MappedToIPv6 || address.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return address is null ? "local" : address.MapToIPv4().ToString();
        }

        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);
        bytes[8..].Clear();
        return new IPAddress(bytes) + "/64";
    }

    private sealed record Taken(string Who);

    private static bool IsProbe(PathString path) => path.StartsWithSegments("/health") || path.StartsWithSegments("/metrics");

    // Whole seconds, not too few.
    private static int Seconds(TimeSpan time) => Math.Max(1, (int)Math.Ceiling(time.TotalSeconds));
}

/// <summary>From which bucket a request takes.</summary>
/// <param name="Who">Names it.</param>
/// <param name="Policy">What it belongs to: <c>key</c> or <c>address</c>.</param>
internal readonly record struct Bucket(string Who, string Policy, RateLimit Limit);
