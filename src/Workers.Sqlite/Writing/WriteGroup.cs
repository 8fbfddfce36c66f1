using Workers.Engine.Log;
using Workers.Engine.Store;
using Workers.Sqlite.Log;

namespace Workers.Sqlite.Writing;

/// <summary>Everything that waits for one commit.</summary>
internal sealed class WriteGroup
{
    public RecordBatch Appends { get; } = new();

    public Waiters Waiters { get; private set; } = new();

    public bool IsEmpty => Waiters.Appends.Count == 0 && Waiters.Jobs.Count == 0;

    /// <summary>Hands over who waits, and is empty for the next commit.</summary>
    public Waiters Take()
    {
        var waiters = Waiters;
        Waiters = new Waiters();
        Appends.Clear();
        return waiters;
    }
}

/// <summary>Who waits for a commit. Told in one work item of the pool; their continuations are queued, so that none holds up the others.</summary>
internal sealed class Waiters : IThreadPoolWorkItem
{
    public List<TaskCompletionSource> Appends { get; } = [];

    public List<WriteJob> Jobs { get; } = [];

    /// <summary>Set where the commit failed as a whole.</summary>
    public StoreUnavailableException? Failure { get; set; }

    public void Execute()
    {
        foreach (var append in Appends)
        {
            if (Failure is null)
            {
                append.SetResult();
            }
            else
            {
                append.SetException(new LogUnavailableException(Failure.Message, Failure.InnerException));
            }
        }

        foreach (var job in Jobs)
        {
            if ((Failure ?? job.Failure) is { } failure)
            {
                job.Failed(failure);
            }
            else
            {
                job.Completed();
            }
        }
    }
}
