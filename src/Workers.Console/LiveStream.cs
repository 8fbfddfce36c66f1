using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Hosting;
using Workers.Engine.Options;
using Workers.Pages.Frames;

namespace Workers.Pages;

/// <summary>
/// Tells a page that is looked at when it is worth loading again: within two seconds of something having happened, and every ten seconds all the same, for ages grow by
/// themselves. It carries no data, so that a page is rendered in one place; and asks with the visitor's own credential each time, so that it ends with that.
/// </summary>
internal sealed class LiveStream(Frame frame, SocketOptions sockets, TimeProvider clock, IHostApplicationLifetime lifetime)
{
    private static readonly TimeSpan s_look = TimeSpan.FromSeconds(2);
    private const int EverySo = 5;

    private int _open;

    public async Task ServeAsync(HttpContext http)
    {
        Frame.Protect(http);
        if (Interlocked.Increment(ref _open) > sockets.MaxClients)
        {
            Interlocked.Decrement(ref _open);
            http.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            http.Response.Headers.RetryAfter = "5";
            return;
        }

        try
        {
            await TellAsync(http);
        }
        finally
        {
            Interlocked.Decrement(ref _open);
        }
    }

    private async Task TellAsync(HttpContext http)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, lifetime.ApplicationStopping);
        var visit = frame.VisitOf(http);
        if (await LookAsync(visit) is not { } known)
        {
            http.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return;
        }

        http.Response.ContentType = "text/event-stream";
        http.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        using var timer = new PeriodicTimer(s_look, clock);
        try
        {
            await WriteAsync(http, "hello", ended.Token);
            for (var since = 1; await timer.WaitForNextTickAsync(ended.Token); since++)
            {
                if (await LookAsync(visit) is not { } now)
                {
                    await WriteAsync(http, "out", ended.Token);
                    return;
                }

                if (now != known || since >= EverySo)
                {
                    (known, since) = (now, 0);
                    await WriteAsync(http, "changed", ended.Token);
                }
            }
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            // Nobody looks any more, or the program ends.
        }
    }

    /// <summary>How far the log is and was read; null where the visitor may not see it.</summary>
    private static async Task<string?> LookAsync(Visit visit)
    {
        var answer = await visit.AskAsync("partitions");
        return answer.Status is StatusCodes.Status401Unauthorized or StatusCodes.Status403Forbidden ? null
            : string.Join(' ', answer.Json["items"].Items.Select(one => $"{one["position"].Text}/{one["end"].Text}{one["halted"].Text}"));
    }

    private static async Task WriteAsync(HttpContext http, string name, CancellationToken cancellation)
    {
        await http.Response.Body.WriteAsync(Encoding.UTF8.GetBytes($"event: {name}\ndata: \n\n"), cancellation);
        await http.Response.Body.FlushAsync(cancellation);
    }
}
