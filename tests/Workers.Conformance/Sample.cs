using System.Text;
using Workers.Contracts;
using Workers.Contracts.Headers;
using Workers.Engine.Log;
using Workers.Engine.Store;

namespace Workers.Conformance;

/// <summary>Rows to write, with what a test does not care about filled in.</summary>
internal static class Sample
{
    public static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    public static readonly PartitionId Commands0 = new(Topics.Commands, 0);

    public static long Ms(int seconds) => Start.AddSeconds(seconds).ToUnixTimeMilliseconds();

    public static Guid Id(int seconds = 0) => Ids.New(Start.AddSeconds(seconds));

    public static LogRecord Record(string key, string value = "{}", string topic = Topics.Commands) => new()
    {
        Id = Id(),
        Topic = topic,
        Key = key,
        TimestampMs = Ms(0),
        Headers = new HeaderWriter().Add(HeaderName.Type, "CreateUser").Add("x-other", "ä").Take(),
        Value = Encoding.UTF8.GetBytes(value),
    };

    /// <summary>A key whose records lie in this partition of four.</summary>
    public static string KeyOf(int partition, int nth = 0) =>
        Enumerable.Range(0, 1_000).Select(n => $"key-{n}").Where(key => Murmur2.Partition(key, 4) == partition).ElementAt(nth);

    public static Flush Flush(long turn, long epoch, long offset = 0, string group = "commands", PartitionId? partition = null) =>
        new() { Position = new PositionMove(group, partition ?? Commands0, offset, turn, epoch) };

    public static Outcome Outcome(Guid id, CommandState state = CommandState.Succeeded, Guid? aliasOf = null, string body = """{"ok":true}""") =>
        new(id, state, aliasOf, 1, state == CommandState.Running ? 0 : 200, Ms(0), Ms(1), Commands0, 7, Encoding.UTF8.GetBytes(body));

    public static StateWrite State(StateKey key, long previous, string data, StreamTail? tail = null, string? label = null, int seconds = 0) =>
        new(key, previous, previous + 1, Encoding.UTF8.GetBytes(data), label, Ms(seconds), tail);

    public static EventWrite Event(StateKey key, StreamTail tail, long version, string type = "UserCreated") =>
        new(key, tail, version, type, 1, Ms((int)version), Id(), Encoding.UTF8.GetBytes($$"""{"version":{{version}}}"""));

    public static ParkedRow Parked(long order, string key, int attempts = 0) =>
        new(order, Record(key), attempts, Ms(5), Ms(0), "RETRYING", "TimeoutException", "took too long");

    public static DeadLetter Letter(int seconds, string key = "k", string reason = "attempts_used_up", string code = "TIMEOUT", string group = "commands")
    {
        var record = Record(key);
        return new DeadLetter(
            Id(seconds), group, "CreateUser", record, reason, "TimeoutException", code, "took too long", "at …", 6, Ms(0), Ms(seconds), "worker-1");
    }

    public static string Text(ReadOnlyMemory<byte> utf8) => Encoding.UTF8.GetString(utf8.Span);
}
