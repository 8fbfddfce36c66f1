using Workers.Contracts.Commands;
using Workers.Contracts.Effects;

namespace Workers.Engine.Effects;

/// <summary>Makes one kind of call to the outside. Called on the thread pool, for many effects at once, for one key in order.</summary>
public interface IEffectHandler
{
    /// <summary>Name of the effect's record.</summary>
    string Type { get; }

    EffectPolicy Policy { get; }

    /// <summary>
    /// Makes the call and says its result, which becomes a command. What leaves as an exception is a failed attempt: the effect is executed again
    /// by the policy, with the same idempotency key; <see cref="Dispatch.RetryLater"/> names the delay, <see cref="EffectPostponed"/> says that nothing
    /// was sent. So it is after a crash: an effect may be executed more than once, its result is recorded once.
    /// </summary>
    Task<ICommand> ExecuteAsync(IEffect effect, EffectContext context, CancellationToken cancellation);

    /// <summary>Attempts or time are used up, or no further one makes sense: the result that says so.</summary>
    /// <param name="effect">The effect.</param>
    /// <param name="code"><c>ATTEMPTS_USED_UP</c>, <c>DEADLINE_PASSED</c>, or what an <see cref="EffectAbandoned"/> said.</param>
    /// <param name="reason">The last failure, for people.</param>
    ICommand GaveUp(IEffect effect, string code, string reason);
}

/// <summary>A handler of one type of effect.</summary>
public abstract class EffectHandler<T> : IEffectHandler
    where T : class, IEffect
{
    public string Type => typeof(T).Name;

    public abstract EffectPolicy Policy { get; }

    Task<ICommand> IEffectHandler.ExecuteAsync(IEffect effect, EffectContext context, CancellationToken cancellation) =>
        ExecuteAsync((T)effect, context, cancellation);

    ICommand IEffectHandler.GaveUp(IEffect effect, string code, string reason) => GaveUp((T)effect, code, reason);

    /// <inheritdoc cref="IEffectHandler.ExecuteAsync"/>
    protected abstract Task<ICommand> ExecuteAsync(T effect, EffectContext context, CancellationToken cancellation);

    /// <inheritdoc cref="IEffectHandler.GaveUp"/>
    protected abstract ICommand GaveUp(T effect, string code, string reason);
}

/// <summary>What an attempt knows of itself.</summary>
/// <param name="IdempotencyKey">The same at every attempt, for the effect's life.</param>
/// <param name="Attempt">1 for the first.</param>
/// <param name="FirstStarted">When the first attempt was started.</param>
/// <param name="Deadline">No attempt is started from then on; null for never.</param>
public sealed record EffectContext(string IdempotencyKey, int Attempt, DateTimeOffset FirstStarted, DateTimeOffset? Deadline);
