using Workers.EndToEnd.Running;

namespace Workers.EndToEnd.Kills;

/// <summary>A program that is killed now and then. Whoever asks it meanwhile waits for the next one.</summary>
/// <param name="build">Another build of it than the usual one; null: that one.</param>
internal sealed class KilledProgram(string directory, IReadOnlyDictionary<string, string>? environment = null, string? build = null) : IDisposable
{
    // What a fail point writes.
    private const string Death = "died at ";

    private TaskCompletionSource<RunningProgram> _present = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The one that serves now, or will.</summary>
    public Task<RunningProgram> Present => Volatile.Read(ref _present).Task;

    public async Task StartAsync()
    {
        try
        {
            _present.SetResult(await RunningProgram.StartAsync(directory, environment, build));
        }
        catch (Exception error)
        {
            // Whoever waits for it is not to wait for ever.
            _present.TrySetException(error);
            throw;
        }
    }

    /// <summary>Starts what may die at its start; false where it did, and whoever asks goes on waiting.</summary>
    /// <exception cref="InvalidOperationException">It ended in another way.</exception>
    public async Task<bool> TryStartAsync()
    {
        try
        {
            _present.SetResult(await RunningProgram.StartAsync(directory, environment, build));
            return true;
        }
        catch (InvalidOperationException died) when (died.Message.Contains(Death, StringComparison.Ordinal))
        {
            return false;
        }
        catch (Exception error)
        {
            _present.TrySetException(error);
            throw;
        }
    }

    /// <summary>Waits until it has died by itself, as it was told to.</summary>
    /// <exception cref="InvalidOperationException">It ended in another way.</exception>
    public async Task DiedAsync()
    {
        using var program = await TakeAwayAsync();
        var ended = await program.EndAsync();
        if (!ended.Error.Contains(Death, StringComparison.Ordinal))
        {
            throw new InvalidOperationException($"The program ended with {ended.ExitCode}:\n{ended.Output}\n{ended.Error}");
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
