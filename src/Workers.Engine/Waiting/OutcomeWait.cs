using Workers.Engine.Store;

namespace Workers.Engine.Waiting;

/// <summary>One caller's wait for a command's outcome; made by <see cref="OutcomeWaiter.Begin"/>.</summary>
public sealed class OutcomeWait
{
    private readonly TaskCompletionSource<Outcome?> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal OutcomeWait(Guid id, long since, long until) => (Id, Since, Until) = (id, since, until);

    /// <summary>The final outcome, a repeat's being that of the first command; null when it did not come in time.</summary>
    public Task<Outcome?> Outcome => _done.Task;

    /// <summary>What is waited for: the first command's id once a repeat is known to be one.</summary>
    internal Guid Id { get; set; }

    internal long Since { get; }

    internal long Until { get; }

    /// <summary>Others who wait for the same id.</summary>
    internal OutcomeWait? Next { get; set; }

    internal void End(Outcome? outcome) => _done.TrySetResult(outcome);
}
