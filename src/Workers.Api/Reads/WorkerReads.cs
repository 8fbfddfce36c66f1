using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Workers.Api.Http;
using Workers.Engine.Control;
using Workers.Engine.Store;
using Workers.Engine.Telemetry;

namespace Workers.Api.Reads;

/// <summary>The processes that work, as they have told of themselves; those that are gone for <see cref="WorkerRow.KeptFor"/> after.</summary>
internal sealed class WorkerReads(IWorkerStore workers, Places places, ControlFeed control, TimeProvider clock)
{
    private const string Gone = "gone";

    public async Task ListAsync(HttpContext http)
    {
        var rows = await workers.ListAsync(http.RequestAborted);
        var living = Places.Living(rows);
        var owned = (await places.AllAsync(living, http.RequestAborted)).ToLookup(place => place.Owner ?? "");
        var shown = rows.Select(row => (Row: row, Report: WorkerReport.Read(row)!)).Where(one => one.Report is not null)
            .OrderByDescending(one => living.Any(alive => alive.Id == one.Row.Id)).ThenBy(one => one.Row.Id, StringComparer.Ordinal).ToList();
        await JsonList.SendAsync(http, shown, null, (writer, one) => Write(writer, one.Row, one.Report, [.. owned[one.Row.Id]]));
    }

    private void Write(Utf8JsonWriter writer, WorkerRow row, WorkerReport report, IReadOnlyList<Place> owned)
    {
        writer.WriteStartObject();
        writer.WriteString("id"u8, row.Id);
        writer.WriteString("state"u8, StateOf(row, report));
        writer.WriteString("host"u8, report.Host);
        writer.WriteNumber("pid"u8, report.Pid);
        writer.WriteString("version"u8, report.Version);
        writer.WriteStartArray("roles"u8);
        foreach (var role in report.Roles)
        {
            writer.WriteStringValue(role);
        }

        writer.WriteEndArray();
        writer.WriteTime("started_at", report.StartedMs);
        writer.WriteTime("heartbeat_at", row.AtMs);
        writer.WriteNumber("clock_ms_off"u8, report.ClockMs - row.AtMs);
        WriteGroups(writer, owned);
        WriteWork(writer, report);
        PauseRows.Write(writer, control.Current.Pauses.Where(pause => !pause.IsOver(clock.GetUtcNow().ToUnixTimeMilliseconds())));
        writer.WriteEndObject();
    }

    private static string StateOf(WorkerRow row, WorkerReport report) =>
        report.State != WorkerReport.Stopped && row.AgeMs > WorkerReport.GoneAfter.TotalMilliseconds ? Gone : report.State;

    private static void WriteGroups(Utf8JsonWriter writer, IReadOnlyList<Place> owned)
    {
        writer.WriteStartObject("groups"u8);
        foreach (var group in owned.GroupBy(place => place.Group))
        {
            writer.WriteStartObject(group.Key);
            PartitionReads.WriteLag(writer, [.. group]);
            writer.WriteNumber("keys_parked"u8, group.Sum(place => place.SetAside));
            writer.WriteStartArray("partitions"u8);
            foreach (var place in group)
            {
                writer.WriteStringValue(place.Partition.ToString());
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }

    private static void WriteWork(Utf8JsonWriter writer, WorkerReport report)
    {
        writer.WriteStartArray("slow_handlers"u8);
        foreach (var slow in report.Slow)
        {
            writer.WriteStartObject();
            writer.WriteString("type"u8, slow.Type);
            writer.WriteNumber("count"u8, slow.Count);
            writer.WriteNumber("run_ms"u8, slow.RunMs);
            writer.WriteNumber("longest_ms"u8, slow.LongestMs);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteStartArray("hot_keys"u8);
        foreach (var hot in report.HotKeys)
        {
            writer.WriteStartObject();
            writer.WriteString("key"u8, hot.Key);
            writer.WriteNumber("events"u8, hot.Events);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }
}
