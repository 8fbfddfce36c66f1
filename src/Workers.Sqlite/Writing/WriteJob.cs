namespace Workers.Sqlite.Writing;

/// <summary>What one caller wants written in the writer's next commit. All of it stays or none, whatever else is in the commit.</summary>
internal abstract class WriteJob
{
    /// <summary>
    /// On the writer's thread, in its transaction. False undoes what it wrote: the result is then something else than "written". May be called a
    /// second time, after a rollback. An exception undoes this job alone.
    /// </summary>
    public abstract bool Run(WriteContext context);

    /// <summary>On the pool, after the commit.</summary>
    public abstract void Completed();

    /// <summary>On the pool: nothing was written, or (where the commit itself failed) it is not known.</summary>
    public abstract void Failed(Exception exception);

    /// <summary>Set where this job alone failed.</summary>
    public Exception? Failure { get; set; }
}

/// <summary>A job with a result.</summary>
internal abstract class WriteJob<T> : WriteJob
{
    private readonly TaskCompletionSource<T> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<T> Task => _done.Task;

    protected T Result { get; set; } = default!;

    public sealed override void Completed() => _done.TrySetResult(Result);

    public sealed override void Failed(Exception exception) => _done.TrySetException(exception);
}

/// <summary>A job that is one function.</summary>
internal sealed class FunctionJob<T>(Func<WriteContext, T> run) : WriteJob<T>
{
    public override bool Run(WriteContext context)
    {
        Result = run(context);
        return true;
    }
}
