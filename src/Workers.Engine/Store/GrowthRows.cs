using System.Text.Json;
using System.Text.Json.Serialization;
using Workers.Engine.Control;
using Workers.Engine.Log;

namespace Workers.Engine.Store;

/// <summary>What stores keep of growths: control rows, so that whoever opens the store finds them.</summary>
public static class GrowthRows
{
    /// <summary>The row that tells of a growth that was begun.</summary>
    public static ControlName Begun { get; } = new(ControlKinds.Growth, "begun");

    /// <summary>The row that tells of past growths.</summary>
    public static ControlName History { get; } = new(ControlKinds.Growth, "done");

    /// <summary>The row that tells by how many partitions keys are placed.</summary>
    public static ControlName Count { get; } = new(ControlKinds.Growth, "count");

    /// <summary>Null where nobody has noted it yet.</summary>
    public static int? ReadCount(ControlRow? row) => row?.Data is { } data ? JsonSerializer.Deserialize(data, GrowthJson.Default.Int32) : null;

    public static IReadOnlyList<ControlWrite> Note(int count, long atMs) => [new(Count.Kind, Count.Name, atMs, JsonSerializer.SerializeToUtf8Bytes(count, GrowthJson.Default.Int32))];

    public static Growth? ReadBegun(ControlRow? row) => row?.Data is { } data ? JsonSerializer.Deserialize(data, GrowthJson.Default.Growth) : null;

    public static PartitionHistory HistoryIn(IStateStore store)
    {
        using var reader = store.OpenReader();
        return new PartitionHistory(Read(reader.FindControl(History.Kind, History.Name)));
    }

    public static IReadOnlyList<ControlWrite> Begin(Growth growth) =>
        [new(Begun.Kind, Begun.Name, growth.AtMs, JsonSerializer.SerializeToUtf8Bytes(growth, GrowthJson.Default.Growth))];

    public static IReadOnlyList<ControlWrite> Withdraw(Growth growth) => [new(Begun.Kind, Begun.Name, growth.AtMs, null)];

    /// <param name="growth">What is done now.</param>
    /// <param name="before">The row <see cref="History"/>; null where there is none.</param>
    public static IReadOnlyList<ControlWrite> Complete(Growth growth, ControlRow? before) =>
    [
        new(History.Kind, History.Name, growth.AtMs, JsonSerializer.SerializeToUtf8Bytes([.. Read(before), growth], GrowthJson.Default.GrowthArray)),
        .. Note(growth.To, growth.AtMs),
        .. Withdraw(growth),
    ];

    private static Growth[] Read(ControlRow? row) => row?.Data is { } data ? JsonSerializer.Deserialize(data, GrowthJson.Default.GrowthArray)! : [];
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(Growth))]
[JsonSerializable(typeof(Growth[]))]
[JsonSerializable(typeof(int))]
internal sealed partial class GrowthJson : JsonSerializerContext;
