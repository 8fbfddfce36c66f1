using System.Text.Json;
using System.Text.Json.Serialization;
using Workers.Engine.Log;
using Workers.Engine.Store;

namespace Workers.Engine.Telemetry;

/// <summary>What a process says of itself every few seconds.</summary>
/// <param name="State">starting, working, stopped.</param>
/// <param name="ClockMs">Its own clock when it said so.</param>
/// <param name="Partitions">What it serves, and how far it has come.</param>
/// <param name="Slow">The types of commands on which it has spent the most time in the last minutes.</param>
/// <param name="HotKeys">The keys that it has changed most often in them.</param>
public sealed record WorkerReport(
    string Host, int Pid, string Version, IReadOnlyList<string> Roles, string State, long StartedMs, long ClockMs, IReadOnlyList<ServedPartition> Partitions,
    IReadOnlyList<SlowHandler> Slow, IReadOnlyList<HotKey> HotKeys)
{
    public const string Starting = "starting";
    public const string Working = "working";
    public const string Stopped = "stopped";

    /// <summary>Who has not been heard of for so long, and has not said that it stops, is gone.</summary>
    public static readonly TimeSpan GoneAfter = TimeSpan.FromSeconds(20);

    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this, WorkerReportJson.Default.WorkerReport);

    /// <summary>Null where it cannot be read.</summary>
    public static WorkerReport? Read(WorkerRow row)
    {
        try
        {
            return JsonSerializer.Deserialize(row.Report, WorkerReportJson.Default.WorkerReport);
        }
        catch (JsonException)
        {
            // Of a version that says it otherwise.
            return null;
        }
    }
}

/// <param name="OldestMs">As <see cref="PartitionStatus.OldestMs"/>.</param>
public sealed record ServedPartition(string Group, string Topic, int Number, long Passed, long OldestMs, int SetAside)
{
    [JsonIgnore]
    public PartitionId Partition => new(Topic, Number);
}

/// <param name="Type">A command's name.</param>
/// <param name="RunMs">All their run times together.</param>
public sealed record SlowHandler(string Type, long Count, long RunMs, long LongestMs);

/// <param name="Key">Kind and id, such as <c>order/42</c>.</param>
/// <param name="Events">What has happened to it.</param>
public sealed record HotKey(string Key, long Events);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(WorkerReport))]
internal sealed partial class WorkerReportJson : JsonSerializerContext;
