using System.Globalization;
using System.Text.Json.Nodes;

namespace Workers.Host.Demo;

/// <summary>What goes wrong in a demonstration, one thing after the other: dead letters, a flow that is stuck and one that waits for an approval, a schedule that misses times, a paused queue.</summary>
internal sealed class DemoTroubles(DemoCalls api, string run, TimeProvider clock)
{
    private static readonly JsonObject s_greeting = new() { ["type"] = "SendNotification", ["user_id"] = "demo-ada", ["channel"] = "email", ["title"] = "Good morning", ["message"] = "It is nine o'clock" };

    private string Stuck => $"demo-{run}-stuck";

    private string Waiting => $"demo-{run}-waiting";

    public Task StepAsync(int step, CancellationToken cancellation) => step switch
    {
        1 => LettersAsync(cancellation),
        3 => SchedulesAsync(cancellation),
        5 => OrdersAsync(cancellation),
        10 => api.PostAsync("commands/handlers/user/register", [], cancellation),
        12 => CancelAsync(cancellation),
        14 => LateAsync(cancellation),
        20 => RejectAsync(cancellation),
        25 => api.PostAsync("commands/queues/audit/pause", new() { ["reason"] = "the quarter is being closed" }, cancellation),
        _ => Task.CompletedTask,
    };

    // What waited when its handler was taken out is a dead letter.
    private async Task LettersAsync(CancellationToken cancellation)
    {
        await api.PostAsync("commands/queues/user/pause", new() { ["reason"] = "the handler moves" }, cancellation);
        for (var count = 0; count < 5; count++)
        {
            await api.PostAsync("commands/execute-async", new() { ["type"] = "CreateUser", ["name"] = $"Visitor {count}", ["email"] = $"demo-{run}-{count}@example.com" }, cancellation);
        }

        await api.DeleteAsync("commands/handlers/user", cancellation);
        await api.PostAsync("commands/queues/user/resume", [], cancellation);
    }

    // Stopped for more than a minute and started again, the second has missed times.
    private async Task SchedulesAsync(CancellationToken cancellation)
    {
        await api.PostAsync("commands/schedule", new() { ["schedule_id"] = "demo-greeting", ["cron"] = "0 0 9 ? * MON-FRI", ["time_zone"] = "Europe/Berlin", ["description"] = "Good morning on working days", ["command"] = s_greeting.DeepClone() }, cancellation);
        await api.PostAsync("commands/schedule", new() { ["schedule_id"] = "demo-pulse", ["interval"] = "20s", ["description"] = "Misses times while the program is stopped", ["command"] = s_greeting.DeepClone() }, cancellation);
    }

    // What is before it at its key is held back for longer than a time may be late: after that it has missed some.
    private async Task LateAsync(CancellationToken cancellation)
    {
        var late = $"demo-late-{run}";
        await api.PostAsync("commands/queues/user/pause", new() { ["key"] = late, ["reason"] = "the user is being looked at", ["until"] = clock.GetUtcNow().AddSeconds(90).ToString("O", CultureInfo.InvariantCulture) }, cancellation);
        await api.PostAsync("commands/execute-async", new() { ["type"] = "CreateUser", ["user_id"] = late, ["name"] = "Late", ["email"] = $"{late}@example.com" }, cancellation);
        await api.PostAsync("commands/schedule", new() { ["schedule_id"] = late, ["interval"] = "15s", ["description"] = "Waits behind a command of its key, and misses times meanwhile", ["command"] = s_greeting.DeepClone() }, cancellation);
    }

    private async Task OrdersAsync(CancellationToken cancellation)
    {
        await api.OrderAsync(Stuck, "demo-laptop", 999.99m, 2, cancellation);
        await api.OrderAsync(Waiting, "demo-laptop", 999.99m, 3, cancellation);
    }

    private async Task CancelAsync(CancellationToken cancellation)
    {
        await api.CancelAsync(Stuck, cancellation);
        await api.CancelAsync(Waiting, cancellation);
    }

    // Its flow wants the money back and is told no.
    private async Task RejectAsync(CancellationToken cancellation)
    {
        var refunds = await api.GetAsync("commands/sagas?saga=refund&limit=50", cancellation);
        foreach (var refund in refunds?["items"]?.AsArray() ?? [])
        {
            if (refund?["data"] is { } data && data["order_id"]?.ToString() == Stuck)
            {
                await api.PostAsync("commands/execute", new() { ["type"] = "RejectRefund", ["refund_id"] = data["refund_id"]?.ToString(), ["reason"] = "the goods were used" }, cancellation);
            }
        }
    }
}
