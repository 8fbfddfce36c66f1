namespace Workers.Bus;

/// <summary>
/// A command, named by its own type and by its result, so that <c>bus.Send(new CreateUser("Ada", 36))</c> needs no type arguments.
/// </summary>
/// <typeparam name="TSelf">The command's own type.</typeparam>
/// <typeparam name="TResult">What its handler returns.</typeparam>
public interface ICommand<TSelf, TResult>
    where TSelf : class, ICommand<TSelf, TResult>;

/// <summary>A query. Two queries that are equal have the same answer: a record is what it should be, since the cache keys by it.</summary>
/// <typeparam name="TSelf">The query's own type.</typeparam>
/// <typeparam name="TResult">What its handler returns.</typeparam>
public interface IQuery<TSelf, TResult>
    where TSelf : class, IQuery<TSelf, TResult>;

/// <summary>Handles one type of message. A handler that has nothing to wait for completes synchronously and allocates nothing.</summary>
public delegate ValueTask<TResult> Handler<in TMessage, TResult>(TMessage message, CancellationToken cancellation);
