using Shouldly;
using Workers.EndToEnd.Running;

namespace Workers.EndToEnd.Cluster;

/// <summary>Writes a user through one door and reads it through others right after, over and over: each read must be of the write before it.</summary>
internal sealed class Writer(IReadOnlyList<ApiClient> doors) : IAsyncDisposable
{
    private readonly CancellationTokenSource _end = new();
    private Task _writing = Task.CompletedTask;
    private int _rounds;

    public async Task StartAsync()
    {
        var path = $"/api/v1/users/{await CacheTests.CreateAsync(doors[0])}";
        _writing = Task.Run(async () =>
        {
            while (!_end.IsCancellationRequested)
            {
                await RoundAsync(path, Volatile.Read(ref _rounds) + 1);
                Interlocked.Increment(ref _rounds);
            }
        });
    }

    /// <summary>Returns after so many more rounds; fails with what a round has found.</summary>
    public async Task RoundsAsync(int count)
    {
        var until = Volatile.Read(ref _rounds) + count;
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (Volatile.Read(ref _rounds) < until)
        {
            if (_writing.IsCompleted)
            {
                await _writing;
            }

            await timer.WaitForNextTickAsync(deadline.Token);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _writing;
        _end.Dispose();
    }

    private async Task RoundAsync(string path, int round)
    {
        var written = await doors[round % doors.Count].PutAsync(path, $$"""{"name":"Ada {{round}}"}""");
        written.Status.ShouldBe(200, written.ToString());
        foreach (var door in doors.Concat(doors))
        {
            var read = await door.GetAsync(path);
            (read.Status, read.Text("name")).ShouldBe((200, $"Ada {round}"));
        }
    }
}
