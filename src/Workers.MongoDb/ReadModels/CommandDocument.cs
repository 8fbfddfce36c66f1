using System.Text.Json;
using System.Text.Json.Nodes;
using Workers.Engine.Projections;
using Workers.Engine.Store;

namespace Workers.MongoDb.ReadModels;

/// <summary>A command and its outcome in one document, either of which may come first: <c>submitted</c> tells that the one is there, <c>state</c> the other.</summary>
internal static class CommandDocument
{
    public static JsonObject Write(CommandRow row)
    {
        var members = new JsonObject
        {
            ["type"] = row.Type,
            ["kind"] = row.Kind,
            ["key"] = row.Key,
            ["caller"] = row.Caller,
            ["door"] = row.Door,
            ["submitted"] = row.SubmittedMs,
            ["data"] = Documents.Data(row.Data),
        };
        foreach (var (name, value) in new[]
        {
            ("caller_id", row.CallerId), ("user_id", row.UserId), ("correlation_id", row.CorrelationId), ("causation_id", row.CausationId),
            ("schedule_id", row.ScheduleId), ("trace_id", row.TraceId),
        })
        {
            if (value is not null)
            {
                members.Add(name, value);
            }
        }

        return members;
    }

    public static JsonObject Write(CommandOutcomeRow row) => new()
    {
        ["state"] = (int)row.State,
        ["attempts"] = row.Attempts,
        ["started"] = row.StartedMs,
        ["completed"] = row.CompletedMs,
        ["code"] = row.Code,
        ["message"] = row.Message,
    };

    public static CommandRow Read(JsonElement document) => new(
        document.Guid("_id"), document.TextOrNull("caller_id"), document.Text("type"), document.Text("kind"), document.Text("key"), document.Text("caller"),
        document.Text("door"), document.Int64("submitted"), document.TextOrNull("user_id"), document.TextOrNull("correlation_id"),
        document.TextOrNull("causation_id"), document.TextOrNull("schedule_id"), document.TextOrNull("trace_id"), document.Bytes("data"))
    {
        Outcome = document.TryGetProperty("state", out var state)
            ? new CommandOutcomeRow(
                document.Guid("_id"), (CommandState)state.GetInt32(), (int)document.Int64("attempts"), document.Int64("started"), document.Int64("completed"),
                document.TextOrNull("code"), document.TextOrNull("message"))
            : null,
    };
}
