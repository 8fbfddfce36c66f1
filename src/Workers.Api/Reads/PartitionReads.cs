using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Workers.Api.Http;

namespace Workers.Api.Reads;

/// <summary>How far each group has read each partition, who serves it, and which keys it has set aside.</summary>
internal sealed class PartitionReads(Places places)
{
    public async Task PartitionsAsync(HttpContext http) => await JsonList.SendAsync(http, await places.AllAsync(http.RequestAborted), null, static (writer, place) =>
    {
        writer.WriteStartObject();
        writer.WriteString("group"u8, place.Group);
        writer.WriteString("topic"u8, place.Partition.Topic);
        writer.WriteNumber("partition"u8, place.Partition.Number);
        writer.WriteNumber("position"u8, place.Position);
        writer.WriteNumber("end"u8, place.End);
        WriteLag(writer, [place]);
        if (place.Halted)
        {
            writer.WriteBoolean("halted"u8, true);
        }

        if (place.Owner is { } owner)
        {
            writer.WriteString("worker"u8, owner);
            writer.WriteNumber("keys_parked"u8, place.SetAside);
        }

        writer.WriteEndObject();
    });

    /// <summary>In messages; and in seconds how old the oldest is that waits, where that is known.</summary>
    public static void WriteLag(Utf8JsonWriter writer, IReadOnlyCollection<Place> places)
    {
        writer.WriteNumber("lag"u8, places.Sum(place => place.Lag));
        if (places.Max(place => place.LagSeconds) is { } seconds)
        {
            writer.WriteNumber("lag_seconds"u8, seconds);
        }
    }
}
