using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Workers.Api.Http;
using Workers.Engine.Control;

namespace Workers.Api.Reads;

/// <summary>Services outside that are called, and so have circuits: those that are configured. Registered handlers come beside them.</summary>
public sealed record ServiceNames(IReadOnlyList<string> All);

/// <summary>The circuits of services and handlers outside, as each worker has told of its own.</summary>
internal sealed class CircuitReads(ControlFeed control, ServiceNames services, TimeProvider clock)
{
    private const string Closed = "closed";
    private const string Open = "open";

    // A worker that has ended takes nothing back. One that lives and calls again tells of it soon after the circuit would let it.
    private const long ForgottenMs = 60 * 60 * 1_000;

    /// <summary>Every name that has a circuit.</summary>
    public IReadOnlyList<string> Names
    {
        get
        {
            var state = control.Current;
            return
            [
                .. services.All, .. Outside("handler", state.Handlers), .. Outside("query", state.QueryHandlers), .. Outside("event", state.EventHandlers),
                .. state.Subscriptions.Where(row => row.Active).Select(row => $"subscription:{row.Id}"),
            ];
        }
    }

    public Task StatusAsync(HttpContext http)
    {
        var (told, names) = (Told(), Names);
        using var json = JsonAnswer.Rent();
        var writer = json.Writer;
        writer.WriteStartObject();
        writer.WriteString("state"u8, (names.Select(name => WorstOf(told, name)).MaxBy(Badness) ?? Closed).ToUpperInvariant());
        writer.WriteStartArray("breakers"u8);
        foreach (var name in names)
        {
            foreach (var row in told[name].DefaultIfEmpty(new CircuitRow("", name, Closed, 0, null, null, 0)))
            {
                Write(writer, row);
            }
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
        return json.SendAsync(http, StatusCodes.Status200OK);
    }

    /// <summary>What workers have told of their circuits, by name; none of one that is closed everywhere.</summary>
    public ILookup<string, CircuitRow> Told()
    {
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        return control.Current.Parsed(ControlKinds.Circuit, ControlData.ReadCircuit).Where(row => now <= (row.RetryMs ?? row.AtMs) + ForgottenMs)
            .ToLookup(row => row.Name);
    }

    /// <summary>closed, half_open or open: the worst that a worker has told.</summary>
    public static string WorstOf(ILookup<string, CircuitRow> told, string name) => told[name].Select(row => row.State).MaxBy(Badness) ?? Closed;

    private static IEnumerable<string> Outside(string what, HandlerMap handlers) =>
        handlers.All.Where(handler => handler.Row is { Active: true, Url: not null }).Select(handler => $"{what}:{handler.Name}");

    private static int Badness(string state) => state switch
    {
        Closed => 0,
        Open => 2,
        _ => 1,
    };

    private static void Write(Utf8JsonWriter writer, CircuitRow row)
    {
        writer.WriteStartObject();
        writer.WriteString("name"u8, row.Name);
        writer.WriteText("worker", row.Worker.Length > 0 ? row.Worker : null);
        writer.WriteString("state"u8, row.State.ToUpperInvariant());
        writer.WriteNumber("failures"u8, row.Failures);
        writer.WriteTime("opened_at", row.OpenedMs ?? 0);
        writer.WriteTime("retry_at", row.RetryMs ?? 0);
        writer.WriteEndObject();
    }
}
