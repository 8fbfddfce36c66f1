namespace Workers.Bus.Middleware;

/// <summary>
/// Something done around handlers. It is asked once per registration, so it may look at the message's type then and return
/// <c>next</c> itself where there is nothing to do; the handlers it returns are called on any thread.
/// </summary>
public interface IMiddleware
{
    /// <summary>What is called instead of <paramref name="next"/>; it calls that, or does not.</summary>
    /// <param name="message">What is being registered.</param>
    /// <param name="next">The handler, or the middleware inside this one.</param>
    Handler<TMessage, TResult> Around<TMessage, TResult>(MessageInfo message, Handler<TMessage, TResult> next)
        where TMessage : class;
}

/// <summary>May stand around commands.</summary>
public interface ICommandMiddleware : IMiddleware;

/// <summary>May stand around queries.</summary>
public interface IQueryMiddleware : IMiddleware;

/// <summary>What is being registered.</summary>
/// <param name="Name">Registered name.</param>
/// <param name="Kind"><c>command</c> or <c>query</c>.</param>
public sealed record MessageInfo(string Name, string Kind);
