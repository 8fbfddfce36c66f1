using System.Diagnostics;
using System.Globalization;
using Workers.Benchmarks.Report;

namespace Workers.Benchmarks.Whole;

/// <summary>G8: how long after a worker was killed (SIGKILL) the other one has taken over: until each of 100 keys has executed a command that came after the kill.</summary>
internal static class RecoveryFigures
{
    private const int Products = 100;

    public static async Task RunAsync(Table table, string kafka, string mysql, TimeSpan session)
    {
        var name = $"bench{Guid.NewGuid():N}"[..14];
        var environment = new Dictionary<string, string>
        {
            ["Workers__Kafka__BootstrapServers"] = kafka,
            ["Workers__Kafka__Prefix"] = name + ".",
            ["Workers__Kafka__Partitions"] = "4",
            ["Workers__Kafka__SessionTimeout"] = string.Create(CultureInfo.InvariantCulture, $"{session.TotalSeconds}s"),
            ["Workers__MySql__ConnectionString"] = $"{mysql};Database={name}",
        };
        using var door = new HostProcess("api,projections,audit", environment);
        await door.ReadyAsync();
        using var stays = new HostProcess("commands", environment);
        await stays.ReadyAsync();
        var port = await door.Port;
        using (var dies = new HostProcess("commands", environment))
        {
            await dies.ReadyAsync();
            await Load.RunAsync(port, 16, Products, 201, i => Connection.Request("/api/v1/products", $$"""{"product_id":"p{{i}}","name":"P","price":10,"stock":0}""", "Prefer: wait=25\r\n"));
            await AdjustAsync(port);
        }

        var clock = Stopwatch.StartNew();
        await AdjustAsync(port);
        table.Add(new Figure("G8", "a worker of two killed: until every key executes again", clock.Elapsed.TotalSeconds, "s")
        {
            LessIsBetter = true,
            CeilingOf = "the session timeout",
            Ceiling = session.TotalSeconds,
            Durability = "acks=all; InnoDB flush at commit",
        });
    }

    // One for each key, all at once.
    private static Task AdjustAsync(int port) => Load.RunAsync(
        port, Products, Products, 200,
        i => Connection.Request(
            "/api/v1/commands/execute", $$"""{"type":"AdjustInventory","product_id":"p{{i}}","action":"add","quantity":1}""", "Prefer: wait=25\r\n"));
}
