using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Workers.Api.Http;
using Workers.Contracts.Commands;
using Workers.Contracts.Effects;
using Workers.Contracts.Headers;
using Workers.Engine.Control;
using Workers.Engine.Projections;
using Workers.Engine.Store;
using Workers.Engine.Waiting;

namespace Workers.Api.Reads;

/// <summary>
/// Who executes commands: handlers of ours, by kind, and those outside that people have registered. What is told of them is read from the store: it holds
/// for all workers.
/// </summary>
internal sealed class HandlerReads(ControlFeed control, CircuitReads circuits, StateReaders readers, IReadModelStore models)
{
    private const int Sampled = 100;
    private const int MostRows = 1_000;
    private const string EffectsGroup = "effects";

    public async Task ListAsync(HttpContext http)
    {
        var (busy, told, ended) = (Busy(), circuits.Told(), await EndedAsync(null, null, http.RequestAborted));
        var handlers = HandlerShown.All(control.Current).ToList();
        await JsonList.SendAsync(http, handlers, null, (writer, handler) => Write(writer, handler, busy, told, ended), handlers.Count);
    }

    public async Task OneAsync(HttpContext http)
    {
        var name = (string)http.Request.RouteValues["name"]!;
        var handler = HandlerShown.All(control.Current).FirstOrDefault(one => one.Name == name)
            ?? throw new ProblemException(new Problem(StatusCodes.Status404NotFound, "HANDLER_NOT_FOUND", "Handler not found"));
        var ended = handler.Row.Url is null ? await EndedAsync(null, handler.Name, http.RequestAborted)
            : await EndedAsync(handler.Row.Types is [var type] ? type : null, null, http.RequestAborted);
        using var json = JsonAnswer.Rent();
        Write(json.Writer, handler, Busy(), circuits.Told(), ended);
        await json.SendAsync(http, StatusCodes.Status200OK);
    }

    private static void Write(
        Utf8JsonWriter writer, HandlerShown handler, Dictionary<string, int> busy, ILookup<string, CircuitRow> told, IReadOnlyList<CommandRow> ended)
    {
        var circuit = handler.Row.Url is null ? "closed" : CircuitReads.WorstOf(told, $"handler:{handler.Name}");
        var averages = Averages.Of([.. ended.Where(handler.Executes)]);
        writer.WriteStartObject();
        writer.WriteString("name"u8, handler.Name);
        writer.WriteString("kind"u8, handler.Row.Url is null ? "built_in"u8 : "http"u8);
        writer.WriteTexts("types", handler.Row.Types);
        writer.WriteBoolean("registered"u8, handler.Row.Active);
        writer.WriteText("url", handler.Row.Url);
        if (handler.Row.Url is not null)
        {
            writer.WriteNumber("timeout_ms"u8, handler.Row.TimeoutMs);
            writer.WriteBoolean("signed"u8, handler.Row.Secret is not null);
        }

        writer.WriteString("health"u8, !handler.Row.Active ? "unregistered" : circuit == "closed" ? "healthy" : "unhealthy");
        writer.WriteString("circuit"u8, circuit.ToUpperInvariant());
        writer.WriteNumber("in_flight"u8, busy.GetValueOrDefault(handler.Name));
        writer.WriteStartObject("averages"u8);
        writer.WriteNumber("count"u8, averages.Count);
        writer.WriteNumber("queue_ms"u8, averages.QueueMs);
        writer.WriteNumber("run_ms"u8, averages.RunMs);
        writer.WriteEndObject();
        writer.WriteTime("registered_at", handler.Row.AtMs);
        writer.WriteText("reason", handler.Row.Reason);
        writer.WriteEndObject();
    }

    /// <summary>Calls to the outside that are not done, by handler.</summary>
    private Dictionary<string, int> Busy()
    {
        using var loan = readers.Rent();
        return loan.Reader.ParkedRows(EffectsGroup, MostRows, (_, row) => HandlerOf(row)).OfType<string>().CountBy(name => name).ToDictionary();
    }

    private static string? HandlerOf(ParkedRow row) => row.Record.Headers.Get(HeaderName.Type) switch
    {
        nameof(CallHandler) => EffectCatalog.Find(nameof(CallHandler)) is { } type && EffectCatalog.Read(type, row.Record.Value.Span) is CallHandler call ? call.Handler : null,
        nameof(ChargePayment) => Kind.Payment,
        nameof(RefundCharge) => Kind.Refund,
        nameof(DeliverNotification) => Kind.Notification,
        _ => null,
    };

    /// <summary>Those of the last commands that have ended: one question, however many handlers there are.</summary>
    private async Task<IReadOnlyList<CommandRow>> EndedAsync(string? type, string? kind, CancellationToken cancellation)
    {
        var page = await models.ListCommandsAsync(
            new CommandQuery(type, kind, null, null, null, null, null, null, null, null, Sampled, null, 0), cancellation);
        return [.. page.Items.Where(row => row.Outcome is { StartedMs: > 0 })];
    }

    private readonly record struct Averages(int Count, decimal QueueMs, decimal RunMs)
    {
        public static Averages Of(List<CommandRow> ended) => ended.Count == 0 ? default : new(
            ended.Count,
            Math.Round((decimal)ended.Average(row => Math.Max(0, row.Outcome!.StartedMs - row.SubmittedMs)), 1),
            Math.Round((decimal)ended.Average(row => Math.Max(0, row.Outcome!.CompletedMs - row.Outcome.StartedMs)), 1));
    }
}

/// <summary>A handler as it stands: ours are there although nobody has said anything of them.</summary>
internal sealed record HandlerShown(string Name, HandlerRow Row)
{
    /// <summary>Whether it would execute it today.</summary>
    public bool Executes(CommandRow row) => Row.Url is null ? row.Kind == Name && CommandCatalog.Find(row.Type) is not null : Row.Types.Contains(row.Type);

    /// <summary>Ours first, by kind.</summary>
    public static IEnumerable<HandlerShown> All(ControlState state)
    {
        var said = state.Handlers.All.ToDictionary(handler => handler.Name, handler => handler.Row);
        foreach (var kind in CommandCatalog.Kinds)
        {
            yield return new HandlerShown(
                kind, said.Remove(kind, out var row) ? row : new HandlerRow(QueueNames.Types(kind), null, null, 0, -1, Active: true, null, "", 0));
        }

        foreach (var (name, row) in said.Where(pair => pair.Value.Active))
        {
            yield return new HandlerShown(name, row);
        }
    }
}
