using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Workers.Api.Http;
using Workers.Contracts;
using Workers.Engine.Control;
using Workers.Engine.Log;
using Workers.Engine.Store;

namespace Workers.Api.Reads;

/// <summary>How far each group has read each partition.</summary>
internal sealed class PartitionReads(ILog log, IEnumerable<IPositionStore> stores, ControlFeed control, TimeProvider clock)
{
    private readonly long _startedMs = clock.GetUtcNow().ToUnixTimeMilliseconds();

    public async Task PartitionsAsync(HttpContext http) => await JsonList.SendAsync(http, await PlacesAsync(http), null, static (writer, place) =>
    {
        writer.WriteStartObject();
        writer.WriteString("group"u8, place.Group);
        place.Write(writer);
        writer.WriteEndObject();
    });

    /// <summary>The processes that work: embedded, this one.</summary>
    public async Task WorkersAsync(HttpContext http)
    {
        var places = await PlacesAsync(http);
        await JsonList.SendAsync(http, [Environment.ProcessId], null, (writer, process) =>
        {
            writer.WriteStartObject();
            writer.WriteString("id"u8, $"{Environment.MachineName}-{process}");
            writer.WriteTime("started_at", _startedMs);
            writer.WriteTime("heartbeat_at", clock.GetUtcNow().ToUnixTimeMilliseconds());
            writer.WriteStartObject("groups"u8);
            foreach (var group in places.GroupBy(place => place.Group))
            {
                writer.WriteStartObject(group.Key);
                writer.WriteNumber("lag"u8, group.Sum(place => place.Lag));
                writer.WriteStartArray("partitions"u8);
                foreach (var place in group)
                {
                    writer.WriteStringValue(place.Partition.ToString());
                }

                writer.WriteEndArray();
                writer.WriteEndObject();
            }

            writer.WriteEndObject();
            PauseRows.Write(writer, Paused());
            writer.WriteEndObject();
        });
    }

    private IEnumerable<Pause> Paused() => control.Current.Pauses.Where(pause => !pause.IsOver(clock.GetUtcNow().ToUnixTimeMilliseconds()));

    private async Task<List<Place>> PlacesAsync(HttpContext http)
    {
        var positions = new List<(string Group, PartitionId Partition, PositionRow Row)>();
        foreach (var store in stores)
        {
            positions.AddRange((await store.PositionsAsync(http.RequestAborted)).Where(position => Topics.All.Contains(position.Partition.Topic)));
        }

        var ends = new Dictionary<string, IReadOnlyList<long>>();
        foreach (var topic in positions.Select(position => position.Partition.Topic).Distinct())
        {
            ends.Add(topic, await log.EndsAsync(topic, http.RequestAborted));
        }

        return
        [
            .. positions.OrderBy(p => p.Group, StringComparer.Ordinal).ThenBy(p => p.Partition.Topic, StringComparer.Ordinal).ThenBy(p => p.Partition.Number)
                .Select(p => Place.Of(p.Group, p.Partition, p.Row, ends[p.Partition.Topic].ElementAtOrDefault(p.Partition.Number))),
        ];
    }

    private sealed record Place(string Group, PartitionId Partition, long Position, long End, bool Halted)
    {
        // A group has looked past the last record where others lie behind it in the same log.
        public static Place Of(string group, PartitionId partition, PositionRow row, long end) =>
            new(group, partition, row.Offset, row.IsHalted ? end : Math.Max(row.Offset, end), row.IsHalted);

        // Offsets need not be gapless, so that this is an upper bound; 0 means all was read.
        public long Lag => Math.Max(0, End - Position);

        public void Write(Utf8JsonWriter writer)
        {
            writer.WriteString("topic"u8, Partition.Topic);
            writer.WriteNumber("partition"u8, Partition.Number);
            writer.WriteNumber("position"u8, Position);
            writer.WriteNumber("end"u8, End);
            writer.WriteNumber("lag"u8, Lag);
            if (Halted)
            {
                writer.WriteBoolean("halted"u8, true);
            }
        }
    }
}
