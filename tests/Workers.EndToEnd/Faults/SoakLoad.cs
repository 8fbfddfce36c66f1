using System.Collections.Concurrent;
using System.Diagnostics;
using Workers.EndToEnd.Kills;
using Workers.EndToEnd.Running;

namespace Workers.EndToEnd.Faults;

/// <summary>What goes on beside <see cref="Load"/>: commands that are timed, reads, and a schedule that fires each second.</summary>
internal sealed class SoakLoad(KilledProgram program, Stopwatch clock)
{
    private const string Schedule = "soak";
    private const string Product = "soak";
    private static readonly TimeSpan Write = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Read = TimeSpan.FromMilliseconds(50);

    private static readonly string[] Reads =
    [
        "/api/v1/orders?customer_id=customer&limit=50", "/api/v1/commands?limit=50", "/api/v1/commands?state=FAILED&limit=20", "/api/v1/products/plenty",
        "/api/v1/commands/audit?limit=20", "/api/v1/commands/partitions", "/api/v1/commands/metrics", "/metrics", "/health",
    ];

    /// <summary>When a command was answered, and how many milliseconds after it was sent.</summary>
    public ConcurrentQueue<(TimeSpan At, double Ms)> Timed { get; } = new();

    public int Answered { get; private set; }

    /// <summary>Answers to reads that were neither 200 nor 503.</summary>
    public ConcurrentQueue<string> Wrong { get; } = new();

    public static async Task PrepareAsync(ApiClient api)
    {
        await api.PostAsync("/api/v1/products", Bodies.Product(Product, 0));
        await api.PostAsync("/api/v1/commands/schedule", $$"""{"schedule_id":"{{Schedule}}","command":{{Bodies.Adjust(Product, "add", 1, "scheduled")}},"cron":"* * * * * ?","time_zone":"UTC"}""");
    }

    /// <summary>What fires by itself is not to move any more.</summary>
    public static Task EndAsync(ApiClient api) => api.DeleteAsync("/api/v1/commands/scheduled/" + Schedule);

    /// <summary>Runs until it is told to end.</summary>
    public Task RunAsync(CancellationToken end) => Task.WhenAll(EveryAsync(Write, WriteAsync, end), EveryAsync(Read, ReadAsync, end));

    private async Task WriteAsync(ApiClient api, int number)
    {
        var from = clock.Elapsed;
        var answer = await api.ExecuteAsync(Bodies.Adjust(Product, "add", 1, "timed"));
        if (answer.Status == 200)
        {
            Timed.Enqueue((clock.Elapsed, (clock.Elapsed - from).TotalMilliseconds));
        }
    }

    private async Task ReadAsync(ApiClient api, int number)
    {
        var answer = await api.GetAsync(Reads[number % Reads.Length]);
        if (answer.Status is not (200 or 503))
        {
            Wrong.Enqueue($"{Reads[number % Reads.Length]}: {answer}");
        }

        Answered++;
    }

    private async Task EveryAsync(TimeSpan time, Func<ApiClient, int, Task> ask, CancellationToken end)
    {
        using var timer = new PeriodicTimer(time);
        try
        {
            for (var number = 0; ; number++)
            {
                await timer.WaitForNextTickAsync(end);
                var present = await program.Present.WaitAsync(end);
                try
                {
                    await ask(present.Api, number);
                }
                catch (Exception error) when (error is HttpRequestException or TaskCanceledException or ObjectDisposedException)
                {
                    // Killed under the request.
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Told to end.
        }
    }
}
