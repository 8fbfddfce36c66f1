using System.Threading.Channels;
using Shouldly;
using Workers.EndToEnd.Running;

namespace Workers.EndToEnd.Cluster;

/// <summary>Writes a user through one door and reads it through others right after, over and over: each read must be of the write before it.</summary>
internal sealed class Writer(IReadOnlyList<ApiClient> doors) : IAsyncDisposable
{
    private readonly CancellationTokenSource _end = new();
    private readonly Channel<int> _rounds = Channel.CreateUnbounded<int>();
    private Task _writing = Task.CompletedTask;

    public async Task StartAsync()
    {
        var path = $"/api/v1/users/{await CacheTests.CreateAsync(doors[0])}";
        _writing = Task.Run(() => WriteAsync(path));
    }

    /// <summary>Returns after so many more rounds; fails with what a round has found.</summary>
    public async Task RoundsAsync(int count)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (_rounds.Reader.TryRead(out _))
        {
            // It was before.
        }

        for (; count > 0; count--)
        {
            await _rounds.Reader.ReadAsync(deadline.Token);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _writing;
        _end.Dispose();
    }

    private async Task WriteAsync(string path)
    {
        try
        {
            for (var round = 1; !_end.IsCancellationRequested; round++)
            {
                await RoundAsync(path, round);
                _rounds.Writer.TryWrite(round);
            }
        }
        catch (Exception error)
        {
            _rounds.Writer.TryComplete(error);
            throw;
        }
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
