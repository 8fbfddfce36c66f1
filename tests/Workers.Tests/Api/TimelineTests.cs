using NUnit.Framework;
using Shouldly;

namespace Workers.Tests.Api;

internal sealed class TimelineTests : ApiTest
{
    private const string Events = "Accept: text/event-stream";

    [Test]
    public async Task A_timeline_tells_the_states_in_order()
    {
        await Server.Post("/api/v1/commands/execute", WithId(Payment, "c1"));
        var timeline = await Server.Get("/api/v1/commands/c1/events");
        timeline.Json.GetProperty("items").EnumerateArray().Select(entry => entry.GetProperty("state").GetString()).ShouldBe(["QUEUED", "RUNNING", "SUCCEEDED"]);
        timeline["items.2.result.done"].ShouldBe("True");
        timeline["items.0.at"]!.ShouldEndWith("Z");
    }

    [Test]
    public async Task A_stream_of_a_finished_command_ends_by_itself()
    {
        await Server.Post("/api/v1/commands/execute", WithId(Payment, "c1"));
        var stream = await Server.Get("/api/v1/commands/c1/events", Events);
        stream.MediaType.ShouldBe("text/event-stream");
        Names(stream.Body).ShouldBe(["queued", "running", "succeeded"]);
    }

    [Test]
    public async Task A_stream_goes_on_after_the_last_event_seen()
    {
        await Server.Post("/api/v1/commands/execute", WithId(Payment, "c1"));
        Names((await Server.Get("/api/v1/commands/c1/events", Events, "Last-Event-ID: running")).Body).ShouldBe(["succeeded"]);
        Names((await Server.Get("/api/v1/commands/c1/events", Events, "Last-Event-ID: retrying-3")).Body).ShouldBe(["succeeded"]);
    }

    [Test]
    public async Task A_stream_waits_for_the_end()
    {
        Server.Log.Execute = _ => null;
        var accepted = await Server.Post("/api/v1/commands/execute-async", Payment);
        var location = accepted.Header("Location")!.Replace("?", "/events?", StringComparison.Ordinal);
        using var request = new HttpRequestMessage(HttpMethod.Get, location);
        request.Headers.Accept.ParseAdd("text/event-stream");
        using var response = await Server.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        (await reader.ReadLineAsync()).ShouldBe("id: queued");
        Server.Log.Finish(Outcomes.Failed(Server.Log.Records.Single(), "X", "No"));
        var rest = await reader.ReadToEndAsync();
        Names(rest)[^1].ShouldBe("failed");
        rest.ShouldContain("\"code\":\"X\"");
    }

    [Test]
    public async Task More_streams_than_there_may_be_clients_are_refused()
    {
        Server.Sockets.MaxClients = 1;
        Server.Log.Execute = _ => null;
        var accepted = await Server.Post("/api/v1/commands/execute-async", Payment);
        var path = accepted.Header("Location")!.Replace("?", "/events?", StringComparison.Ordinal);
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Accept.ParseAdd("text/event-stream");
        using var response = await Server.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);

        var refused = await Server.Get(path, Events);

        (refused.Status, refused["code"], refused.Header("Retry-After")).ShouldBe((503, "TOO_MANY_CLIENTS", "5"));
        Server.Log.Finish(Outcomes.Failed(Server.Log.Records.Single(), "X", "No"));
        await response.Content.ReadAsStringAsync();
        (await Server.Get(path, Events)).Status.ShouldBe(200);
    }

    [Test]
    public async Task A_reader_of_a_stream_may_go_at_any_time()
    {
        Server.Log.Execute = _ => null;
        var accepted = await Server.Post("/api/v1/commands/execute-async", Payment);
        (await Server.Ended.ReadAsync()).Fault.ShouldBeNull();
        using (var request = new HttpRequestMessage(HttpMethod.Get, accepted.Header("Location")!.Replace("?", "/events?", StringComparison.Ordinal)))
        {
            request.Headers.Accept.ParseAdd("text/event-stream");
            using var response = await Server.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        }

        var (path, fault) = await Server.Ended.ReadAsync();
        path.ShouldEndWith("/events");
        fault.ShouldBeNull();
    }

    private static List<string> Names(string stream) =>
        [.. stream.Split('\n').Where(line => line.StartsWith("event: ", StringComparison.Ordinal)).Select(line => line[7..])];
}
