using System.IO.Pipelines;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Workers.Api.Doors;
using Workers.Api.Http;
using Workers.Engine.Log;
using Workers.Engine.Projections;

namespace Workers.Api.Reads;

/// <summary>
/// All entries that a query finds, the oldest first, as they were when it was asked: page by page, so that memory is bounded however many there are and however large, and no
/// further than the caller takes them. That it was asked is an entry of its own, written first. One that breaks off ends the connection without its last chunk.
/// </summary>
internal sealed class AuditExport(IAuditStore store, ILog log, SubmissionReader submissions, TimeProvider clock)
{
    private const int Page = 200;
    private const long PageBytes = 1 << 20;
    private const int FlushBytes = 1 << 16;
    private const int MaxReason = 1_000;
    private static readonly DoorRoute s_route = new("audit", "GET /api/v1/commands/audit");

    public async Task SendAsync(HttpContext http, AuditQuery asked, AuditFormat format)
    {
        var now = clock.GetUtcNow();
        var query = asked with { Limit = Page, MaxBytes = PageBytes, Cursor = null, WithTotal = false, OldestFirst = true, ToMs = asked.ToMs ?? now.ToUnixTimeMilliseconds() };
        http.Response.ContentType = format.MediaType;
        http.Response.Headers.CacheControl = "no-store";
        http.Response.Headers.ContentDisposition = $"attachment; filename=\"audit.{format.Name}\"";
        if (HttpMethods.IsHead(http.Request.Method))
        {
            return;
        }

        // The first page before anything is told: what cannot be read is answered as such.
        var page = await store.ListAsync(query, http.RequestAborted);
        await log.AppendAsync(Note(http, query, format, now), CancellationToken.None);
        http.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        var output = http.Response.BodyWriter;
        format.Begin(output);
        while (true)
        {
            foreach (var entry in page.Items)
            {
                format.Write(output, entry);
                if (!output.CanGetUnflushedBytes || output.UnflushedBytes >= FlushBytes)
                {
                    await FlushAsync(http, output);
                }
            }

            await FlushAsync(http, output);
            if (page.NextCursor is not { } next)
            {
                return;
            }

            page = await store.ListAsync(query with { Cursor = next }, http.RequestAborted);
        }
    }

    // Waits for a caller who takes it slowly.
    private static async Task FlushAsync(HttpContext http, PipeWriter output)
    {
        await output.FlushAsync(http.RequestAborted);
        http.RequestAborted.ThrowIfCancellationRequested();
    }

    private LogRecord Note(HttpContext http, AuditQuery query, AuditFormat format, DateTimeOffset now)
    {
        var request = submissions.Info(http, s_route);
        var changes = new Dictionary<string, JsonElement> { ["format"] = JsonSerializer.SerializeToElement(format.Name) };
        foreach (var (name, value) in new[]
        {
            ("type", query.Type), ("kind", query.Kind), ("entity_type", query.EntityType), ("entity_id", query.EntityId), ("user_id", query.UserId),
            ("command_id", query.CommandId?.ToString()), ("from", query.FromMs is { } from ? TimeText.Of(from) : null), ("to", TimeText.Of(query.ToMs!.Value)),
        })
        {
            if (value is not null)
            {
                changes[name] = JsonSerializer.SerializeToElement(value);
            }
        }

        var reason = request.Reason is { Length: > MaxReason } ? throw ListQuery.Bad("reason", $"reason must be between 1 and {MaxReason} characters") : request.Reason;
        return new AuditNote("audit_trail", "export", "exported", changes).Record(request.Source(s_route), reason, now);
    }
}
