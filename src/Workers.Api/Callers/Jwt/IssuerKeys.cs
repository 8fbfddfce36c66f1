using System.Text.Json;
using Microsoft.Extensions.Logging;
using Workers.Engine.Options;

namespace Workers.Api.Callers.Jwt;

/// <summary>
/// The issuer's published keys: asked for when a token first comes, hourly, and when a token names a key that is not known, once a minute at most. What was
/// fetched goes on counting for a day while the issuer is away.
/// </summary>
internal sealed class IssuerKeys : IDisposable
{
    private const int MaxBytes = 1 << 20;
    private static readonly TimeSpan Fresh = TimeSpan.FromHours(1);
    private static readonly TimeSpan Stale = TimeSpan.FromDays(1);
    private static readonly TimeSpan Breath = TimeSpan.FromMinutes(1);

    private readonly JwtOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly SemaphoreSlim _one = new(1, 1);
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false }) { Timeout = TimeSpan.FromSeconds(10), MaxResponseContentBufferSize = MaxBytes };
    private volatile Fetched _known = new([], default);
    private DateTimeOffset _tried;

    public IssuerKeys(ApiOptions options, TimeProvider clock, ILogger<IssuerKeys> logger) => (_options, _clock, _logger) = (options.Jwt, clock, logger);

    /// <summary>The keys that may have signed it; empty where the issuer has no such key.</summary>
    /// <param name="kid">The key that the token names; null where it names none.</param>
    /// <param name="cancellation">Ends the call.</param>
    /// <exception cref="IssuerAwayException">Nothing is known of the issuer's keys, and it does not answer.</exception>
    public async ValueTask<IReadOnlyList<IssuerKey>> FindAsync(string? kid, CancellationToken cancellation)
    {
        var known = _known;
        var found = Matching(known, kid);
        if (found.Count > 0 && AgeOf(known) <= Stale)
        {
            if (AgeOf(known) > Fresh && _one.CurrentCount > 0)
            {
                // Whoever has a good token does not wait for an issuer that does not answer.
                _ = RefreshAsync(known, CancellationToken.None);
            }

            return found;
        }

        known = await RefreshAsync(known, cancellation);
        found = Matching(known, kid);
        return AgeOf(known) <= Stale ? found : throw new IssuerAwayException($"The issuer {_options.Issuer} does not answer, and its keys are not known");
    }

    public void Dispose()
    {
        _http.Dispose();
        _one.Dispose();
    }

    private TimeSpan AgeOf(Fetched known) => _clock.GetUtcNow() - known.At;

    private static IReadOnlyList<IssuerKey> Matching(Fetched known, string? kid) => kid is null ? known.Keys : [.. known.Keys.Where(key => key.Kid == kid)];

    private async Task<Fetched> RefreshAsync(Fetched seen, CancellationToken cancellation)
    {
        await _one.WaitAsync(cancellation);
        try
        {
            var now = _clock.GetUtcNow();
            if (!ReferenceEquals(_known, seen) || now - _tried < Breath)
            {
                return _known;
            }

            _tried = now;
            return _known = new Fetched(await FetchAsync(CancellationToken.None), now);
        }
        catch (Exception error) when (error is HttpRequestException or TaskCanceledException or JsonException or InvalidOperationException or FormatException or KeyNotFoundException)
        {
            Log.IssuerAway(_logger, _options.Issuer, error);
            return _known;
        }
        finally
        {
            _one.Release();
        }
    }

    private async Task<List<IssuerKey>> FetchAsync(CancellationToken cancellation)
    {
        using var found = JsonDocument.Parse(await _http.GetStringAsync(new Uri(_options.Issuer.TrimEnd('/') + "/.well-known/openid-configuration"), cancellation));
        var issuer = found.RootElement.GetProperty("issuer").GetString();
        var url = found.RootElement.GetProperty("jwks_uri").GetString();
        if (issuer != _options.Issuer || !JwtOptions.IsSafe(url))
        {
            throw new InvalidOperationException($"The issuer calls itself {issuer} and its keys are at {url}");
        }

        using var set = JsonDocument.Parse(await _http.GetStringAsync(new Uri(url!), cancellation));
        return [.. set.RootElement.GetProperty("keys").EnumerateArray().Select(IssuerKey.Read).OfType<IssuerKey>()];
    }

    private sealed record Fetched(IReadOnlyList<IssuerKey> Keys, DateTimeOffset At);
}

/// <summary>Nobody can say whether a token is good.</summary>
internal sealed class IssuerAwayException(string message) : Exception(message);
