namespace Workers.Bus.Routing;

/// <summary>The outermost layer: nothing untyped leaves the bus, whether it was thrown or returned in a task.</summary>
internal sealed class Guard<TMessage, TResult>(string name, Handler<TMessage, TResult> next, Func<Exception, bool> passThrough)
{
    public ValueTask<TResult> Invoke(TMessage message, CancellationToken cancellation)
    {
        try
        {
            var task = next(message, cancellation);
            return task.IsCompletedSuccessfully ? task : Watch(task);
        }
        catch (Exception e) when (!IsTyped(e))
        {
            return ValueTask.FromException<TResult>(new HandlerFailedException(name, e));
        }
    }

    private async ValueTask<TResult> Watch(ValueTask<TResult> task)
    {
        try
        {
            return await task.ConfigureAwait(false);
        }
        catch (Exception e) when (!IsTyped(e))
        {
            throw new HandlerFailedException(name, e);
        }
    }

    private bool IsTyped(Exception e) => e is BusException or OperationCanceledException || passThrough(e);
}
