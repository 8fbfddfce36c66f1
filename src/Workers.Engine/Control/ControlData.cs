using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Workers.Engine.Store;

namespace Workers.Engine.Control;

/// <summary>Commands that are held back: of a kind, perhaps of one type or one key of it.</summary>
/// <param name="UntilMs">When it ends by itself; null for never.</param>
/// <param name="By">Who asked for it.</param>
public sealed record Pause(string Kind, string? Type, string? Key, string? Reason, long? UntilMs, string By, long AtMs)
{
    /// <summary>By which the same commands are named again.</summary>
    public string Name => $"{Kind}/{Type}/{Key}";

    public bool IsOver(long nowMs) => UntilMs <= nowMs;

    public bool Holds(string kind, string type, string key) => kind == Kind && (Type is null || type == Type) && (Key is null || key == Key);
}

/// <summary>Queued commands before it are cancelled.</summary>
/// <param name="Offsets">Of each partition of <c>workers.commands</c>: the first offset that it does not cover.</param>
public sealed record Fence(IReadOnlyList<long> Offsets, string? Reason, string By, long AtMs)
{
    /// <summary>There is one at most, and a later one covers what an earlier one did.</summary>
    public const string Name = "queue";
}

/// <summary>A command that is not to be executed.</summary>
/// <param name="Key">The command's key, by which its partition is known.</param>
public sealed record Cancel(string Key, string? Reason, string By);

/// <summary>The circuit of a service, as a worker sees it.</summary>
/// <param name="State">closed, open, half_open.</param>
public sealed record CircuitRow(string Worker, string Name, string State, int Failures, long? OpenedMs, long? RetryMs, long AtMs);

/// <summary>Somebody has closed circuits by hand.</summary>
/// <param name="Name">Of the service; null for all.</param>
public sealed record BreakerReset(string? Name, string By, long AtMs);

/// <summary>The data of control rows as they are stored.</summary>
public static class ControlData
{
    public static ControlWrite Write(Pause pause) => new(ControlKinds.Pause, pause.Name, pause.AtMs, Bytes(pause, ControlJson.Default.Pause));

    public static ControlWrite Write(Fence fence) => new(ControlKinds.Fence, Fence.Name, fence.AtMs, Bytes(fence, ControlJson.Default.Fence));

    public static ControlWrite Write(Guid command, Cancel cancel, long atMs) =>
        new(ControlKinds.Cancel, command.ToString(), atMs, Bytes(cancel, ControlJson.Default.Cancel));

    /// <param name="kind">For commands, queries or events: one of <see cref="ControlKinds"/>.</param>
    public static ControlWrite Write(string kind, string name, HandlerRow handler, long atMs) => new(kind, name, atMs, Bytes(handler, ControlJson.Default.HandlerRow));

    public static ControlWrite Write(CircuitRow circuit) =>
        new(ControlKinds.Circuit, $"{circuit.Worker}/{circuit.Name}", circuit.AtMs, Bytes(circuit, ControlJson.Default.CircuitRow));

    public static ControlWrite Write(string id, KeyRow key, long atMs) => new(ControlKinds.Key, id, atMs, Bytes(key, ControlJson.Default.KeyRow));

    public static ControlWrite Write(BreakerReset reset) =>
        new(ControlKinds.BreakerReset, reset.Name ?? "*", reset.AtMs, Bytes(reset, ControlJson.Default.BreakerReset));

    public static ControlWrite Write(SubscriptionRow subscription) =>
        new(ControlKinds.Subscription, subscription.Id, subscription.AtMs, Bytes(subscription, ControlJson.Default.SubscriptionRow));

    public static SubscriptionRow? ReadSubscription(ControlRow row) => Read(row, ControlJson.Default.SubscriptionRow);

    public static Pause? ReadPause(ControlRow row) => Read(row, ControlJson.Default.Pause);

    public static Fence? ReadFence(ControlRow row) => Read(row, ControlJson.Default.Fence);

    public static Cancel? ReadCancel(ControlRow row) => Read(row, ControlJson.Default.Cancel);

    public static HandlerRow? ReadHandler(ControlRow row) => Read(row, ControlJson.Default.HandlerRow);

    public static CircuitRow? ReadCircuit(ControlRow row) => Read(row, ControlJson.Default.CircuitRow);

    public static KeyRow? ReadKey(ControlRow row) => Read(row, ControlJson.Default.KeyRow);

    public static BreakerReset? ReadReset(ControlRow row) => Read(row, ControlJson.Default.BreakerReset);

    private static byte[] Bytes<T>(T data, JsonTypeInfo<T> type) => JsonSerializer.SerializeToUtf8Bytes(data, type);

    private static T? Read<T>(ControlRow row, JsonTypeInfo<T> type)
        where T : class => row.Data is null ? null : JsonSerializer.Deserialize(row.Data, type);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Pause))]
[JsonSerializable(typeof(Fence))]
[JsonSerializable(typeof(Cancel))]
[JsonSerializable(typeof(HandlerRow))]
[JsonSerializable(typeof(SubscriptionRow))]
[JsonSerializable(typeof(CircuitRow))]
[JsonSerializable(typeof(BreakerReset))]
[JsonSerializable(typeof(KeyRow))]
internal sealed partial class ControlJson : JsonSerializerContext;
