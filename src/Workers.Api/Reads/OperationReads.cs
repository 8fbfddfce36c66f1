using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Workers.Api.Http;
using Workers.Engine.Store;
using Workers.Engine.Waiting;

namespace Workers.Api.Reads;

/// <summary>Work on many that goes on by itself: how far each is.</summary>
/// <param name="readers">Of the state store.</param>
/// <param name="kind">Of the operations' states.</param>
/// <param name="path">Where they are served.</param>
/// <param name="shown">Members of the state that are told.</param>
internal abstract class OperationReads(StateReaders readers, string kind, string path, IReadOnlyList<string> shown)
{
    /// <summary>The newest first.</summary>
    public Task ListAsync(HttpContext http)
    {
        var query = new ListQuery(http.Request.Query).Only("state");
        var (limit, before) = (query.Limit, Cursors.Read(query.Cursor));
        using var loan = readers.Rent();
        var found = loan.Reader.ByLabel(kind, query.Text("state")?.ToUpperInvariant(), before, limit);
        var next = found.Count == limit ? Cursors.Of(found[^1].UpdatedMs, found[^1].Key.Id) : null;
        return JsonList.SendAsync(http, found, next, (writer, one) => Write(writer, one.Row));
    }

    public Task OneAsync(HttpContext http)
    {
        var row = Find(http);
        using var json = JsonAnswer.Rent();
        Write(json.Writer, row);
        return json.SendAsync(http, StatusCodes.Status200OK);
    }

    /// <summary>The operation of the path.</summary>
    /// <exception cref="ProblemException">There is none.</exception>
    public StateRow Find(HttpContext http)
    {
        var key = new StateKey(kind, Paths.Ours(http, "Operation").ToString());
        var found = new Dictionary<StateKey, StateRow>(1);
        using var loan = readers.Rent();
        loan.Reader.FindStates([key], found);
        return found.GetValueOrDefault(key) ?? throw new ProblemException(Problem.NotFound("Operation"));
    }

    private void Write(Utf8JsonWriter writer, StateRow row)
    {
        using var document = JsonDocument.Parse(row.Data);
        var root = document.RootElement;
        writer.WriteStartObject();
        foreach (var name in shown)
        {
            if (root.TryGetProperty(name, out var value))
            {
                // As every other time is told, however the state keeps it.
                if (name.EndsWith("_at", StringComparison.Ordinal) && value.ValueKind == JsonValueKind.String)
                {
                    writer.WriteTime(name, value.GetDateTimeOffset().ToUnixTimeMilliseconds());
                    continue;
                }

                writer.WritePropertyName(name);
                value.WriteTo(writer);
            }
        }

        var runs = root.GetProperty("state").ValueEquals("RUNNING"u8);
        writer.WriteNumber("pending"u8, root.GetProperty("pending").GetArrayLength());
        writer.WriteStartObject("links"u8);
        var self = $"{path}/{root.GetProperty("operation_id").GetString()}";
        writer.WriteString("self"u8, self);
        if (runs)
        {
            writer.WriteString("cancel"u8, self + "/cancel");
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
    }
}

/// <summary>Replays of many dead letters.</summary>
internal sealed class ReplayReads(StateReaders readers) : OperationReads(
    readers, "replay", Path, ["operation_id", "state", "matched", "requested", "replayed", "skipped", "rate", "limit", "reason", "by", "filter", "started_at", "ended_at"])
{
    public const string Path = "/api/v1/commands/dead-letters/operations";
}

/// <summary>Cancellations of many commands.</summary>
internal sealed class CancellationReads(StateReaders readers) : OperationReads(
    readers, "cancellation", Path, ["operation_id", "state", "matched", "requested", "cancelled", "skipped", "rate", "reason", "by", "filter", "error", "started_at", "ended_at"])
{
    public const string Path = "/api/v1/commands/cancellations";
}
