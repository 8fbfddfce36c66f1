using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Workers.Api.Http;
using Workers.Contracts;
using Workers.Contracts.Headers;
using Workers.Engine.Log;
using Workers.Engine.Store;
using Workers.Engine.Waiting;

namespace Workers.Api.Reads;

/// <summary>Keys that are set aside, each with its first record: that which is tried again, or held back, and for which the others wait.</summary>
internal sealed class ParkedReads(StateReaders readers)
{
    private const int MostRows = 1_000;

    // As many as a partition sets aside: read one at a time, and of other keys nothing is kept.
    private const int MostOfKey = 100_000;
    private static readonly string[] s_groups = ["commands", "sagas", "effects"];

    public Task ListAsync(HttpContext http)
    {
        var query = new ListQuery(http.Request.Query).Only("group", "key");
        var group = query.Text("group") ?? s_groups[0];
        if (!s_groups.Contains(group))
        {
            throw ListQuery.Bad("group", $"group must be one of {string.Join(", ", s_groups)}");
        }

        using var loan = readers.Rent();
        var wanted = query.Text("key");
        var most = wanted is null ? MostRows : MostOfKey;
        var seen = 0;
        var rows = loan.Reader.ParkedRows(group, most, (partition, row) =>
        {
            seen++;
            return Waiting.Of(partition, row) is var waiting && (wanted is null || waiting.Key == wanted) ? waiting : null;
        }).OfType<Waiting>().ToList();
        var keys = rows.GroupBy(row => (row.Partition, row.Key)).Select(key => (First: key.MinBy(row => row.Row.Order)!, Count: key.Count()))
            .OrderBy(key => key.First.Row.FirstMs).ThenBy(key => key.First.Key, StringComparer.Ordinal).ToList();
        return JsonList.SendAsync(
            http, [.. keys.Take(query.Limit)], null, (writer, key) => Write(writer, group, key.First, key.Count), keys.Count, isEstimate: seen == most,
            isIncomplete: seen == most);
    }

    private static void Write(Utf8JsonWriter writer, string group, Waiting waiting, int count)
    {
        var (partition, first) = (waiting.Partition, waiting.Row);
        writer.WriteStartObject();
        writer.WriteString("group"u8, group);
        writer.WriteString("topic"u8, partition.Topic);
        writer.WriteNumber("partition"u8, partition.Number);
        writer.WriteString("key"u8, waiting.Key);
        writer.WriteNumber("records"u8, count);
        writer.WriteString("command_id"u8, waiting.Id);
        writer.WriteString("type"u8, waiting.Type);
        writer.WriteNumber("attempts"u8, first.Attempts);
        writer.WriteTime("first_at", first.FirstMs);
        if (first.DueMs < DateTimeOffset.MaxValue.ToUnixTimeMilliseconds())
        {
            writer.WriteTime("due_at", first.DueMs);
        }

        writer.WriteText("reason", first.Reason);
        writer.WriteText("error_type", first.ErrorType);
        writer.WriteText("error", first.Error);
        writer.WriteEndObject();
    }

    /// <summary>A row without what its command says.</summary>
    private sealed record Waiting(PartitionId Partition, string Key, Guid Id, string Type, ParkedRow Row)
    {
        private static readonly LogRecord s_none = new() { Id = default, Topic = "", Key = "", TimestampMs = 0 };

        public static Waiting Of(PartitionId partition, ParkedRow row) =>
            new(partition, row.Record.Key, CommandOf(row.Record), row.Record.Headers.Get(HeaderName.Type) ?? "unknown", row with { Record = s_none });

        // A call was asked for by the command that caused it.
        private static Guid CommandOf(LogRecord record) =>
            record.Topic == Topics.Effects && Guid.TryParse(record.Headers.Get(HeaderName.CausationId), out var command) ? command : record.Id;
    }
}
