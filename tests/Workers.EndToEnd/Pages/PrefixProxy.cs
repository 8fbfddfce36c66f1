using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Workers.EndToEnd.Pages;

/// <summary>A reverse proxy as an operator puts it before the program: it serves that below a prefix of which the program is told nothing, and keeps the Host header.</summary>
internal sealed class PrefixProxy : IAsyncDisposable
{
    private const string Prefix = "/ops/workers";
    private static readonly string[] s_hops = ["Connection", "Keep-Alive", "Transfer-Encoding", "Content-Length", "Host"];
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });
    private readonly Uri _behind;
    private readonly WebApplication _app;

    private PrefixProxy(Uri behind)
    {
        _behind = behind;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.Run(PassAsync);
    }

    /// <summary>Of the program as others see it; ends with a slash.</summary>
    public Uri Address { get; private set; } = null!;

    public static async Task<PrefixProxy> StartAsync(Uri behind)
    {
        var proxy = new PrefixProxy(behind);
        await proxy._app.StartAsync();
        proxy.Address = new Uri(proxy._app.Urls.Single() + Prefix + "/");
        return proxy;
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _app.DisposeAsync();
    }

    private async Task PassAsync(HttpContext context)
    {
        if (!context.Request.Path.StartsWithSegments(Prefix, out var rest))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        try
        {
            using var request = Request(context.Request, new Uri(_behind, rest.ToUriComponent() + context.Request.QueryString));
            using var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, context.RequestAborted);
            context.Response.StatusCode = (int)answer.StatusCode;
            foreach (var (name, values) in answer.Headers.Concat(answer.Content.Headers).Where(header => !s_hops.Contains(header.Key, StringComparer.OrdinalIgnoreCase)))
            {
                context.Response.Headers[name] = values.ToArray();
            }

            // Streams of events go on as they come.
            await using var body = await answer.Content.ReadAsStreamAsync(context.RequestAborted);
            var buffer = new byte[1 << 14];
            for (int read; (read = await body.ReadAsync(buffer, context.RequestAborted)) > 0;)
            {
                await context.Response.Body.WriteAsync(buffer.AsMemory(0, read), context.RequestAborted);
                await context.Response.Body.FlushAsync(context.RequestAborted);
            }
        }
        catch (Exception error) when (error is HttpRequestException or IOException or ObjectDisposedException or OperationCanceledException)
        {
            // Somebody has gone: the browser, or the program behind.
            context.Abort();
        }
    }

    private static HttpRequestMessage Request(HttpRequest came, Uri address)
    {
        var request = new HttpRequestMessage(new HttpMethod(came.Method), address) { Content = came.ContentLength > 0 ? new StreamContent(came.Body) : null };
        foreach (var (name, values) in came.Headers.Where(header => !s_hops.Contains(header.Key, StringComparer.OrdinalIgnoreCase)))
        {
            if (!request.Headers.TryAddWithoutValidation(name, values.AsEnumerable()))
            {
                request.Content?.Headers.TryAddWithoutValidation(name, values.AsEnumerable());
            }
        }

        if (request.Content is { } content)
        {
            content.Headers.ContentLength = came.ContentLength;
        }

        request.Headers.Host = came.Host.Value;
        return request;
    }
}
