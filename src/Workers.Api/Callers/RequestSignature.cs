using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Workers.Api.Http;
using Workers.Engine.Identity;
using Workers.Engine.Limits;
using Workers.Engine.Options;

namespace Workers.Api.Callers;

/// <summary>
/// Requests of a key that demands it are signed as Standard Webhooks are: <c>webhook-id</c>, <c>webhook-timestamp</c> (seconds, five minutes of skew) and
/// <c>webhook-signature</c> (<c>v1,</c> and the base64 HMAC-SHA256 of <c>id.timestamp.body</c>; one of several, with blanks between). That tells nothing of method and
/// path, so each signature is good for one request alone.
/// </summary>
internal sealed class RequestSignature(IReplayMemory served, ApiOptions options, TimeProvider clock)
{
    private const int MaxId = 255;
    private const int MaxSignatures = 10;
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(5);

    /// <summary>Why the request is not served; null where it is. The body can be read again afterwards.</summary>
    /// <param name="http">The request.</param>
    /// <param name="keyId">Whose it is.</param>
    /// <param name="secret">The key's own.</param>
    /// <exception cref="ProblemException">The body is too long, or did not arrive in time.</exception>
    public async ValueTask<string?> WrongAsync(HttpContext http, string keyId, string secret)
    {
        var headers = http.Request.Headers;
        var (id, stamp, signatures) = (headers["webhook-id"].ToString(), headers["webhook-timestamp"].ToString(), headers["webhook-signature"].ToString());
        if (id.Length is 0 or > MaxId || stamp.Length == 0 || signatures.Length == 0)
        {
            return "This key demands signed requests: webhook-id, webhook-timestamp and webhook-signature are required";
        }

        if (!long.TryParse(stamp, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            || Math.Abs(clock.GetUtcNow().ToUnixTimeSeconds() - seconds) > Skew.TotalSeconds)
        {
            return "webhook-timestamp must be the time in seconds, at most five minutes off";
        }

        var expected = WebhookSignature.Of(WebhookSignature.Key(secret), id, stamp, await BodyAsync(http.Request));
        if (!signatures.Split(' ', MaxSignatures, StringSplitOptions.RemoveEmptyEntries).Any(one => IsSame(one, expected)))
        {
            return "webhook-signature is not that of this request";
        }

        return await served.IsFirstAsync(keyId, expected, DateTimeOffset.FromUnixTimeSeconds(seconds) + Skew, http.RequestAborted)
            ? null : "A request with this signature was served already: sign each with a webhook-id of its own";
    }

    private static bool IsSame(string one, string expected) => CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(one), Encoding.UTF8.GetBytes(expected));

    private async Task<byte[]> BodyAsync(HttpRequest request)
    {
        using var whole = new MemoryStream();
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(request.HttpContext.RequestAborted);
        deadline.CancelAfter(options.ReadTimeout);
        try
        {
            var buffer = new byte[16 * 1024];
            int read;
            while ((read = await request.Body.ReadAsync(buffer, deadline.Token)) > 0)
            {
                if (whole.Length + read > options.MaxBodyBytes)
                {
                    throw new ProblemException(Problem.TooLarge(options.MaxBodyBytes));
                }

                whole.Write(buffer, 0, read);
            }
        }
        catch (OperationCanceledException) when (!request.HttpContext.RequestAborted.IsCancellationRequested)
        {
            throw new ProblemException(RequestBody.TooLate);
        }

        var body = whole.ToArray();
        request.Body = new MemoryStream(body, writable: false);
        return body;
    }
}
