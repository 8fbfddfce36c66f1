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
        var program = await Present;
        Volatile.Write(ref _present, new TaskCompletionSource<RunningProgram>(TaskCreationOptions.RunContinuationsAsynchronously));
        await program.KillAsync();
        program.Dispose();
    }

    public void Dispose()
    {
        if (Present.IsCompletedSuccessfully)
        {
            _present.Task.GetAwaiter().GetResult().Dispose();
        }
    }
}
