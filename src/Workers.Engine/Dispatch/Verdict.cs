using System.Runtime.Serialization;
using System.Text.Json;
using MassTransit;
using Workers.Engine.Log;
using Workers.Engine.Store;

namespace Workers.Engine.Dispatch;

/// <summary>What is to become of a record whose dispatch threw.</summary>
public enum VerdictKind
{
    /// <summary>A business rule said no: an outcome, not a failure.</summary>
    Refused,

    /// <summary>Again after the delay that the handler asked for, or the policy's.</summary>
    RetryLater,

    /// <summary>Not known to be hopeless: again by the policy's delays, then a dead letter.</summary>
    Transient,

    /// <summary>No attempt will ever succeed: a dead letter now.</summary>
    Poison,

    /// <summary>The process is stopping: nothing happened.</summary>
    Cancelled,

    /// <summary>The platform's own store or log failed: the batch is abandoned, no attempt is counted.</summary>
    Abandon,
}

/// <summary>Tells refusals, failures worth another attempt, hopeless ones and our own apart.</summary>
/// <param name="After">For <see cref="VerdictKind.RetryLater"/>; null takes the policy's.</param>
/// <param name="Reason">For <see cref="VerdictKind.Poison"/>: the dead letter's reason (<c>poison</c>, <c>unreadable</c>).</param>
public readonly record struct Verdict(VerdictKind Kind, Exception Error, TimeSpan? After = null, string Reason = "")
{
    /// <param name="stopping">The token that dispatch was given: a cancellation without it is a timeout of the handler's own.</param>
    public static Verdict Of(Exception error, CancellationToken stopping) => error switch
    {
        CommandRefused => new(VerdictKind.Refused, error),
        RetryLater later => new(VerdictKind.RetryLater, error, later.After),
        LogUnavailableException or StoreUnavailableException or StoreOpenException => new(VerdictKind.Abandon, error),
        UnreadableMessageException => new(VerdictKind.Poison, error, Reason: "unreadable"),
        UnknownReceiverException or NotAcceptedStateMachineException or SagaException or MessageNotConsumedException or SerializationException or JsonException =>
            new(VerdictKind.Poison, error, Reason: "poison"),
        OperationCanceledException or ConsumerCanceledException when stopping.IsCancellationRequested => new(VerdictKind.Cancelled, error),
        _ => new(VerdictKind.Transient, error),
    };
}
