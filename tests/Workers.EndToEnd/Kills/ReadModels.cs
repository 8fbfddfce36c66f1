using System.Text.Json.Nodes;
using Workers.EndToEnd.Running;

namespace Workers.EndToEnd.Kills;

/// <summary>What people see of what happened: lists and audit trail, whole.</summary>
internal static class ReadModels
{
    private static readonly string[] Lists = ["/api/v1/products", "/api/v1/orders?customer_id=customer", "/api/v1/payments", "/api/v1/commands", "/api/v1/commands/audit"];

    /// <summary>Returns when they are as they were.</summary>
    /// <exception cref="TimeoutException">They never were; with what is missing or too much.</exception>
    public static async Task UntilAsync(ApiClient api, IReadOnlyList<string> before, TimeSpan patience)
    {
        using var deadline = new CancellationTokenSource(patience);
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(500));
        while (true)
        {
            var now = await ReadAsync(api);
            if (now.SequenceEqual(before))
            {
                return;
            }

            try
            {
                await look.WaitForNextTickAsync(deadline.Token);
            }
            catch (OperationCanceledException)
            {
                throw new TimeoutException($"{now.Count} in place of {before.Count}. Missing:\n{Some(before.Except(now))}\nToo much:\n{Some(now.Except(before))}");
            }
        }
    }

    /// <summary>Every item of every list, in an order of its own.</summary>
    public static async Task<IReadOnlyList<string>> ReadAsync(ApiClient api)
    {
        var all = new List<string>();
        foreach (var list in Lists)
        {
            all.AddRange((await api.AllAsync(list)).Select(item => list + " " + Text(item)).Order(StringComparer.Ordinal));
        }

        return all;
    }

    // Without the hash of the chain: a command that was sent on to workers.control lies in two topics, and the one that is read first is its entry.
    private static string Text(JsonObject item)
    {
        item.Remove("hash");
        return item.ToJsonString();
    }

    private static string Some(IEnumerable<string> items) => string.Join('\n', items.Take(5));
}
