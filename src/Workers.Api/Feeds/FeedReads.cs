using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;
using Workers.Api.Callers;
using Workers.Api.Http;
using Workers.Contracts;
using Workers.Contracts.Headers;
using Workers.Engine.Log;

namespace Workers.Api.Feeds;

/// <summary>A public feed: a page of CloudEvents, or a stream of them that goes on with what comes.</summary>
internal sealed class FeedReads(ILog log, FeedPages pages, LiveTail tail, OpenStreams streams, StandingAccess access, IHostApplicationLifetime lifetime)
{
    private const string Latest = "latest";
    private static readonly TimeSpan Alive = TimeSpan.FromSeconds(15);

    public async Task GetAsync(HttpContext http)
    {
        var topic = TopicOf(http);
        var query = new ListQuery(http.Request.Query);
        var isStream = MediaTypes.TakesEvents(http.Request.Headers.Accept);
        var last = isStream ? http.Request.Headers["Last-Event-ID"].ToString() : "";
        var place = await PlaceAsync(topic, last.Length > 0 ? last : query.Text("after"), last.Length > 0 ? "Last-Event-ID" : "after", http.RequestAborted);
        var limit = query.Limit;
        await (isStream ? StreamAsync(http, topic, place) : PageAsync(http, topic, place, limit));
    }

    private async Task PageAsync(HttpContext http, string[] topic, FeedPlace place, int limit)
    {
        var at = place.Copy();
        var records = await ReadAsync(topic, place, limit, http.RequestAborted);
        using var json = JsonAnswer.Rent();
        var writer = json.Writer;
        writer.WriteStartObject();
        writer.WriteStartArray("items"u8);
        foreach (var record in records)
        {
            Write(writer, record, at);
        }

        writer.WriteEndArray();
        writer.WriteString("next"u8, place.ToString());
        writer.WriteEndObject();
        await json.SendAsync(http, StatusCodes.Status200OK);
    }

    private async Task StreamAsync(HttpContext http, string[] topic, FeedPlace place)
    {
        using var one = streams.Enter();
        using var stay = access.Enter(Caller.Of(http));
        try
        {
            using var until = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, lifetime.ApplicationStopping, stay.Ended);
            await SendAsync(http, topic, place, until.Token);
        }
        catch (OperationCanceledException) when (lifetime.ApplicationStopping.IsCancellationRequested || stay.Ended.IsCancellationRequested)
        {
            // The reader goes on elsewhere, or with another credential, after the last event it has seen.
        }
    }

    private async Task SendAsync(HttpContext http, string[] topic, FeedPlace place, CancellationToken cancellation)
    {
        var at = place.Copy();
        using var feed = new FeedStream(topic[0], place, tail, pages);
        await feed.ListenAsync(cancellation);
        var records = await feed.NextAsync(TimeSpan.Zero, cancellation) ?? throw Gone(topic[0]);
        var stream = EventStream.Start(http);
        while (records is not null)
        {
            foreach (var record in records)
            {
                at.Pass(record.Where, record.Offset + 1);
                var seq = at.ToString();
                stream.Write(seq, record.Headers.Get(HeaderName.Type)!, writer => FeedEvent.Write(writer, record, seq));
            }

            await stream.FlushAsync(alive: records.Count == 0, cancellation);
            records = await feed.NextAsync(Alive, cancellation);
        }
    }

    private static void Write(Utf8JsonWriter writer, LogRecord record, FeedPlace at)
    {
        at.Pass(record.Where, record.Offset + 1);
        FeedEvent.Write(writer, record, at.ToString());
    }

    private async Task<IReadOnlyList<LogRecord>> ReadAsync(string[] topic, FeedPlace place, int limit, CancellationToken cancellation) =>
        await pages.ReadAsync(topic, place, limit, cancellation) ?? throw Gone(topic[0]);

    private static ProblemException Gone(string topic) => new(new Problem(
        StatusCodes.Status410Gone, "GONE",
        $"Events of {topic} after this place were deleted by retention, or the place is one in another log; read on without after, from the oldest that is kept"));

    private static string[] TopicOf(HttpContext http)
    {
        var name = http.GetRouteValue("topic") as string ?? "";
        return Topics.Feeds.Contains(name)
            ? [name]
            : throw new ProblemException(Problem.NotFound("Feed") with
            {
                Error = $"Feed not found; there are: {string.Join(", ", Topics.Feeds)}",
                Candidates = Topics.Feeds,
            });
    }

    private async ValueTask<FeedPlace> PlaceAsync(string[] topic, string? after, string name, CancellationToken cancellation) => after switch
    {
        null => FeedPlace.First(log, topic),
        Latest => await FeedPlace.LastAsync(log, topic, cancellation),
        _ => FeedPlace.Read(log, topic, after) ?? throw ListQuery.Bad(name, $"{name} must be the seq of an event of this feed, the next of an answer, or {Latest}"),
    };
}
