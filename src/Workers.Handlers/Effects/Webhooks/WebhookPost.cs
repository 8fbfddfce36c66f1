using System.Globalization;
using System.Net.Http.Headers;
using Workers.Engine.Effects;
using Workers.Engine.Options;
using Workers.Handlers.Effects.Services;

namespace Workers.Handlers.Effects.Webhooks;

/// <summary>
/// Posts signed webhooks (Standard Webhooks) to hosts that the configuration allows: those it names are called wherever they are, those that only a <c>*.domain</c>
/// covers at public addresses alone, since whoever has a name of that domain says where it leads. Redirects are not followed, no proxy is asked.
/// </summary>
internal sealed class WebhookPost(HandlerOptions options, TimeProvider clock) : IDisposable
{
    /// <summary>Longer answers are not read.</summary>
    public const int MaxAnswer = 256 << 10;

    private readonly HttpClient _named = new(Handler()) { Timeout = Timeout.InfiniteTimeSpan };
    private readonly HttpClient _public = new(Public()) { Timeout = Timeout.InfiniteTimeSpan };

    /// <summary>The answer, whose body is not read yet (<see cref="ReadAsync"/>).</summary>
    /// <param name="url">Where to.</param>
    /// <param name="id">The <c>webhook-id</c>: the same at every attempt.</param>
    /// <param name="secret"><c>whsec_</c> and base64; null: not signed.</param>
    /// <param name="body">JSON, UTF-8.</param>
    /// <exception cref="EffectAbandoned">Its host is at an address where it may not be called.</exception>
    public async Task<HttpResponseMessage> SendAsync(string url, string id, string? secret, byte[] body, CancellationToken cancellation)
    {
        id = HttpAnswers.HeaderText(id);
        var (uri, stamp) = (new Uri(url), clock.GetUtcNow().ToUnixTimeSeconds());
        using var request = new HttpRequestMessage(HttpMethod.Post, uri) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json", "utf-8");
        request.Headers.Add("webhook-id", id);
        request.Headers.Add("webhook-timestamp", stamp.ToString(CultureInfo.InvariantCulture));
        if (secret is not null)
        {
            request.Headers.Add("webhook-signature", new WebhookSigner(secret).Sign(id, stamp, body));
        }

        try
        {
            return await (options.Names(uri) ? _named : _public).SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
        }
        catch (HttpRequestException error) when (error.InnerException is AddressRefused refused)
        {
            throw new EffectAbandoned("HANDLER_NOT_FOUND", refused.Message);
        }
    }

    /// <summary>The answer's text.</summary>
    /// <exception cref="EffectAbandoned">It is longer than <see cref="MaxAnswer"/>.</exception>
    public static async Task<string> ReadAsync(HttpResponseMessage answer, string who, CancellationToken cancellation)
    {
        try
        {
            // A client's own limit counts only where it reads the whole answer itself.
            await answer.Content.LoadIntoBufferAsync(MaxAnswer, cancellation);
        }
        catch (HttpRequestException error) when (error.HttpRequestError == HttpRequestError.ConfigurationLimitExceeded)
        {
            // It has done what it was told, and would answer the same again.
            throw new EffectAbandoned("HANDLER_ANSWER_TOO_LONG", $"{who} answered {(int)answer.StatusCode} with more than {MaxAnswer >> 10} KiB");
        }

        return await answer.Content.ReadAsStringAsync(cancellation);
    }

    public void Dispose()
    {
        _named.Dispose();
        _public.Dispose();
    }

    private static SocketsHttpHandler Handler() => new() { AllowAutoRedirect = false, UseProxy = false, PooledConnectionLifetime = TimeSpan.FromMinutes(2) };

    private static SocketsHttpHandler Public()
    {
        var handler = Handler();
        handler.ConnectCallback = PublicAddresses.ConnectAsync;
        return handler;
    }
}
