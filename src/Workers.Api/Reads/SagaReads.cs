using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Workers.Api.Http;
using Workers.Contracts;
using Workers.Contracts.Headers;
using Workers.Engine.Store;
using Workers.Engine.Waiting;

namespace Workers.Api.Reads;

/// <summary>Flows: where each instance stands, how it came there, and what it waits for.</summary>
internal sealed class SagaReads(StateReaders readers, SagaNames sagas)
{
    private const string Prefix = "flow:";
    private const int MaxTimers = 100;

    /// <summary>Newest first; filters <c>saga</c> and <c>state</c>.</summary>
    public Task ListAsync(HttpContext http)
    {
        var query = new ListQuery(http.Request.Query).Only("saga", "state");
        var (limit, state, before) = (query.Limit, query.Text("state"), Cursors.Read(query.Cursor));
        var names = query.Text("saga") is { } only ? sagas.Names.Where(name => name == only) : sagas.Names;
        List<(StateKey Key, string Label, long UpdatedMs, StateRow Row)> found;
        using (var loan = readers.Rent())
        {
            found = [.. names.SelectMany(name => loan.Reader.ByLabel(Prefix + name, state, before, limit))
                .OrderByDescending(one => one.UpdatedMs).ThenByDescending(one => one.Key.Id, StringComparer.Ordinal).Take(limit)];
        }

        var next = found.Count == limit ? Cursors.Of(found[^1].UpdatedMs, found[^1].Key.Id) : null;
        return JsonList.SendAsync(http, found, next, static (writer, one) =>
        {
            writer.WriteStartObject();
            WriteHead(writer, one.Key, one.Row);
            writer.WriteString("state"u8, one.Label);
            writer.WriteTime("updated_at", one.UpdatedMs);
            writer.WriteRaw("data", one.Row.Data.Span);
            writer.WriteEndObject();
        });
    }

    /// <summary>By the instance's id, or by what it is about: an order's id for its order flow.</summary>
    public Task OneAsync(HttpContext http)
    {
        using var loan = readers.Rent();
        var (key, row) = Find(Paths.Id(http, "saga_id"), loan.Reader);
        using var json = JsonAnswer.Rent();
        Write(json.Writer, key, row, loan.Reader.TimersOf(key.Id, MaxTimers));
        return json.SendAsync(http, StatusCodes.Status200OK);
    }

    /// <summary>The instance of that id, or about it.</summary>
    /// <exception cref="ProblemException">There is none.</exception>
    public (StateKey Key, StateRow Row) Find(string id, IStateReader reader)
    {
        var keys = sagas.Names.SelectMany(name => Keys(name, id)).ToList();
        var found = new Dictionary<StateKey, StateRow>();
        reader.FindStates(keys, found);
        var key = found.Count == 0 ? throw new ProblemException(Problem.NotFound("Saga")) : keys.First(found.ContainsKey);
        return (key, found[key]);
    }

    private static IEnumerable<StateKey> Keys(string name, string id) =>
        [new(Prefix + name, id), new(Prefix + name, Ids.Flow(name, id).ToString())];

    private void Write(Utf8JsonWriter writer, StateKey key, StateRow row, IReadOnlyList<TimerWrite> timers)
    {
        using var data = JsonDocument.Parse(row.Data);
        writer.WriteStartObject();
        WriteHead(writer, key, row);
        WriteMember(writer, "state", data.RootElement, "current_state");
        WriteTimeline(writer, data.RootElement);
        WriteMember(writer, "waits_for", data.RootElement, "waits_for");
        if (data.RootElement.TryGetProperty("current_state", out var state))
        {
            writer.WriteTexts("events", sagas.WaitsFor(key.Kind[Prefix.Length..], state.ToString()));
        }

        writer.WriteStartArray("transitions"u8);
        foreach (var transition in sagas.Transitions(key.Kind[Prefix.Length..]))
        {
            writer.WriteStartObject();
            writer.WriteString("from"u8, transition.From);
            writer.WriteString("event"u8, transition.Event);
            writer.WriteString("to"u8, transition.To);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteStartArray("timers"u8);
        foreach (var timer in timers)
        {
            writer.WriteStartObject();
            writer.WriteString("token"u8, timer.Token);
            writer.WriteTime("due_at", timer.DueMs);
            writer.WriteText("type", timer.Message.Headers.Get(HeaderName.Type));
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteRaw("data", row.Data.Span);
        writer.WriteEndObject();
    }

    private static void WriteHead(Utf8JsonWriter writer, StateKey key, StateRow row)
    {
        writer.WriteString("id"u8, key.Id);
        writer.WriteString("saga_id"u8, key.Id);
        writer.WriteString("saga"u8, key.Kind.AsSpan(Prefix.Length));
        writer.WriteNumber("version"u8, row.Version);
    }

    private static void WriteTimeline(Utf8JsonWriter writer, JsonElement data)
    {
        if (!data.TryGetProperty("steps", out var steps))
        {
            return;
        }

        writer.WriteStartArray("timeline"u8);
        foreach (var step in steps.EnumerateArray())
        {
            writer.WriteStartObject();
            WriteMember(writer, "state", step, "state");
            writer.WriteTime("at", step.TryGetProperty("at", out var at) && at.TryGetDateTimeOffset(out var time) ? time.ToUnixTimeMilliseconds() : 0);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WriteMember(Utf8JsonWriter writer, string name, JsonElement data, string from)
    {
        if (data.TryGetProperty(from, out var value))
        {
            writer.WritePropertyName(name);
            value.WriteTo(writer);
        }
    }
}
