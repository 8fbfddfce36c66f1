using Workers.EndToEnd.Running;

namespace Workers.EndToEnd.Kills;

/// <summary>A program that is killed now and then. Whoever asks it meanwhile waits for the next one.</summary>
internal sealed class KilledProgram(string directory, IReadOnlyDictionary<string, string>? environment = null) : IDisposable
{
    private TaskCompletionSource<RunningProgram> _present = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The one that serves now, or will.</summary>
    public Task<RunningProgram> Present => Volatile.Read(ref _present).Task;

    public async Task StartAsync()
    {
        try
        {
            _present.SetResult(await RunningProgram.StartAsync(directory, environment));
        }
        catch (Exception error)
        {
            // Whoever waits for it is not to wait for ever.
            _present.TrySetException(error);
            throw;
        }
    }

    public async Task KillAsync()
    {
        using var program = await TakeAwayAsync();
        await program.KillAsync();
    }

    /// <summary>SIGTERM, and its end in order.</summary>
    /// <exception cref="InvalidOperationException">It ended with another status than 0.</exception>
    public async Task TerminateAsync()
    {
        using var program = await TakeAwayAsync();
        var ended = await program.TerminateAsync();
        if (ended.ExitCode != 0)
        {
            throw new InvalidOperationException($"The program ended with {ended.ExitCode}:\n{ended.Output}\n{ended.Error}");
        }
    }

    private async Task<RunningProgram> TakeAwayAsync()
    {
        var program = await Present;
        Volatile.Write(ref _present, new TaskCompletionSource<RunningProgram>(TaskCreationOptions.RunContinuationsAsynchronously));
        return program;
    }

    public void Dispose()
    {
        if (Present.IsCompletedSuccessfully)
        {
            _present.Task.GetAwaiter().GetResult().Dispose();
        }
    }
}
