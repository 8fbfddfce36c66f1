using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Workers.Api.Doors;
using Workers.Api.Http;
using Workers.Api.Reads;
using Workers.Api.Sockets;
using Workers.Contracts.Commands;
using Workers.Engine.Control;
using Workers.Engine.Options;
using Workers.Engine.Projections;

namespace Workers.Api.Cqrs;

/// <summary>Figures, health and the cleaning of document 001's lists.</summary>
internal sealed class CqrsMonitoring(
    SubmissionReader submissions, ControlDoor control, HealthReads health, CqrsTypes types, ICqrsStore store, QueryTable queries, SocketHub sockets, ControlFeed handlers,
    CqrsOptions cqrs, TimeProvider clock, ApiOptions options)
{
    private static readonly DoorRoute Cleans = new("control", $"POST {CqrsEndpoints.Root}/cleanup");
    private readonly long _started = clock.GetTimestamp();

    /// <summary>Commands, events and read models as they are listed, of all processes; queries and clients of this one, since its start.</summary>
    public async Task StatsAsync(HttpContext http)
    {
        if (!cqrs.MonitoringEnabled)
        {
            throw new ProblemException(new Problem(StatusCodes.Status404NotFound, "MONITORING_DISABLED", "Statistics are off: Workers:Cqrs:MonitoringEnabled is false"));
        }

        var counts = await store.CountAsync(http.RequestAborted);
        using var json = JsonAnswer.Rent();
        json.Writer.WriteStartObject();
        WriteService(json.Writer);
        json.Writer.WriteNumber("uptime_seconds"u8, Math.Round((decimal)clock.GetElapsedTime(_started).TotalSeconds, 1));
        WriteCounts(json.Writer, counts);
        WriteHandlers(json.Writer);
        json.Writer.WriteStartObject("websocket"u8);
        json.Writer.WriteNumber("clients"u8, sockets.Clients);
        json.Writer.WriteEndObject();
        json.Writer.WriteEndObject();
        http.Response.Headers.CacheControl = "no-store";
        await json.SendAsync(http, StatusCodes.Status200OK);
    }

    public Task HealthAsync(HttpContext http) => health.ComponentsAsync(http, cqrs.Name, cqrs.MonitoringEnabled);

    /// <summary>Without a body; answers when it is done.</summary>
    public async Task CleanupAsync(HttpContext http)
    {
        var body = await JsonBody.ReadAsync(http, options.MaxBodyBytes, "reason", "command_id", "metadata");
        var request = ControlDoor.Because(submissions.Info(http, Cleans), body);
        await control.SubmitAsync(http, Cleans, request, new Cleanup());
    }

    private void WriteService(Utf8JsonWriter writer)
    {
        writer.WriteString("service"u8, cqrs.Name);
        writer.WriteString("version"u8, cqrs.Version);
        writer.WriteString("description"u8, cqrs.Description);
        writer.WriteString("environment"u8, cqrs.Metadata.Environment);
        writer.WriteString("region"u8, cqrs.Metadata.Region);
        writer.WriteString("team"u8, cqrs.Metadata.Team);
        writer.WriteString("project"u8, cqrs.Metadata.Project);
    }

    private void WriteCounts(Utf8JsonWriter writer, CqrsCounts counts)
    {
        writer.WriteStartObject("commands"u8);
        writer.WriteNumber("total"u8, counts.Commands);
        writer.WriteNumber("pending"u8, counts.Pending);
        writer.WriteNumber("succeeded"u8, counts.Succeeded);
        writer.WriteNumber("failed"u8, counts.Failed);
        writer.WriteEndObject();
        var (total, cached) = queries.Counts;
        writer.WriteStartObject("queries"u8);
        writer.WriteNumber("total"u8, total);
        writer.WriteNumber("cached"u8, cached);
        writer.WriteEndObject();
        writer.WriteStartObject("events"u8);
        writer.WriteNumber("total"u8, counts.Events);
        writer.WriteEndObject();
        writer.WriteStartObject("read_models"u8);
        writer.WriteNumber("total"u8, counts.ReadModels.Values.Sum());
        writer.WriteStartObject("by_type"u8);
        foreach (var (type, count) in counts.ReadModels.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            writer.WriteNumber(type, count);
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    /// <summary>Types that somebody executes, answers or is told of; how many of them somebody has registered.</summary>
    private void WriteHandlers(Utf8JsonWriter writer)
    {
        var state = handlers.Current;
        writer.WriteStartObject("handlers"u8);
        Write(writer, "commands", state.Handlers, types.Commands.Count(type => !state.Handlers.IsOut(type)));
        Write(writer, "queries", state.QueryHandlers, types.Queries.Count(type => !state.QueryHandlers.IsOut(type)
            && (HandlerTargets.BuiltInQueries.Contains(type) || state.QueryHandlers.Outside(type) is not null)));
        Write(writer, "events", state.EventHandlers, types.Events.Count(type => state.EventHandlers.Outside(type) is not null));
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, string name, HandlerMap map, int count)
    {
        writer.WriteStartObject(name);
        writer.WriteNumber("total"u8, count);
        writer.WriteNumber("registered"u8, map.All.SelectMany(handler => handler.Row.Types).Distinct().Count(type => map.Outside(type) is not null));
        writer.WriteEndObject();
    }
}
