using Workers.Bus;
using Workers.Bus.Middleware;

namespace Workers.Benchmarks.Dispatch;

// Four types, so that a call site sees several and nothing is folded into it.
public sealed record First(int Id) : ICommand<First, int>;

public sealed record Second(int Id) : ICommand<Second, int>;

public sealed record Third(int Id) : ICommand<Third, int>;

public sealed record Fourth(int Id) : ICommand<Fourth, int>;

public sealed record Ask(int Id) : IQuery<Ask, Answer>;

public sealed record Answer(int Id);

/// <summary>What the buses are held against: one virtual call each.</summary>
public abstract class Receiving
{
    public abstract ValueTask<int> Handle(object command, CancellationToken cancellation);
}

public sealed class FirstReceiving : Receiving
{
    public override ValueTask<int> Handle(object command, CancellationToken cancellation) => new(((First)command).Id);
}

public sealed class SecondReceiving : Receiving
{
    public override ValueTask<int> Handle(object command, CancellationToken cancellation) => new(((Second)command).Id);
}

public sealed class ThirdReceiving : Receiving
{
    public override ValueTask<int> Handle(object command, CancellationToken cancellation) => new(((Third)command).Id);
}

public sealed class FourthReceiving : Receiving
{
    public override ValueTask<int> Handle(object command, CancellationToken cancellation) => new(((Fourth)command).Id);
}

/// <summary>Does nothing but pass on.</summary>
public sealed class Passing : ICommandMiddleware
{
    public Handler<TMessage, TResult> Around<TMessage, TResult>(MessageInfo message, Handler<TMessage, TResult> next)
        where TMessage : class => (m, cancellation) => next(m, cancellation);
}
