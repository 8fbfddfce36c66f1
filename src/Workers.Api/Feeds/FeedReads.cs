using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;
using Workers.Api.Http;
using Workers.Contracts;
using Workers.Engine.Log;

namespace Workers.Api.Feeds;

/// <summary>A public feed: a page of CloudEvents, or a stream of them that goes on with what comes.</summary>
internal sealed class FeedReads(ILog log, FeedPages pages, LiveTail tail, IHostApplicationLifetime lifetime)
{
    private const int StreamPage = 200;
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
        using var news = await tail.NewsAsync(topic[0], http.RequestAborted);
        var at = place.Copy();
        var records = await ReadAsync(topic, place, StreamPage, http.RequestAborted);
        var stream = EventStream.Start(http);
        while (!lifetime.ApplicationStopping.IsCancellationRequested)
        {
            foreach (var record in records)
            {
                at.Pass(record.Where, record.Offset + 1);
                var seq = at.ToString();
                stream.Write(seq, record.Headers.Get(Contracts.Headers.HeaderName.Type)!, writer => FeedEvent.Write(writer, record, seq));
            }

            await stream.FlushAsync(alive: records.Count == 0, http.RequestAborted);
            if (records.Count == 0)
            {
                await news.WaitAsync(Alive, lifetime.ApplicationStopping, http.RequestAborted);
            }

            records = await ReadAsync(topic, place, StreamPage, http.RequestAborted);
        }
    }

    private static void Write(Utf8JsonWriter writer, LogRecord record, FeedPlace at)
    {
        at.Pass(record.Where, record.Offset + 1);
        FeedEvent.Write(writer, record, at.ToString());
    }

    private async Task<IReadOnlyList<LogRecord>> ReadAsync(string[] topic, FeedPlace place, int limit, CancellationToken cancellation) =>
        await pages.ReadAsync(topic, place, limit, cancellation) ?? throw new ProblemException(new Problem(
            StatusCodes.Status410Gone, "GONE", $"Events of {topic[0]} after this place were deleted by retention; read on without after, from the oldest that is kept"));

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
