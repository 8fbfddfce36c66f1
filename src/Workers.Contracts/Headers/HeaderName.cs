namespace Workers.Contracts.Headers;

/// <summary>The headers that the platform itself reads. In a <see cref="HeaderBlock"/> each is one byte; on Kafka it has the name of <see cref="HeaderNames"/>.</summary>
public enum HeaderName : byte
{
    /// <summary>Any other header: its name is written out.</summary>
    Other = 0,

    /// <summary>Command or event name.</summary>
    Type = 1,

    /// <summary>The caller: owner of the API key, subject of the token, <c>anonymous</c>; for what we send, the installation.</summary>
    Source = 2,

    /// <summary>execute, execute-async, queue, batch, cqrs, resource, kafka, saga, timer, effect, undo, schedule.</summary>
    Door = 3,

    /// <summary>The caller's own <c>command_id</c>, if any.</summary>
    CommandId = 4,

    /// <summary>The caller's key (scope and key) by which repeats are known.</summary>
    CallerKey = 5,

    CorrelationId = 6,
    CausationId = 7,
    TraceParent = 8,
    TraceState = 9,

    /// <summary><c>{saga}/{instance}</c>, comma-separated where several flows wait.</summary>
    Flow = 10,
    Shard = 11,
    Seq = 12,
    Replay = 13,
    ContentType = 14,

    /// <summary>The token of a saga's timeout (<c>MT-Scheduling-TokenId</c>).</summary>
    SchedulingToken = 15,

    /// <summary>The user that the command or event is about.</summary>
    UserId = 16,

    /// <summary>The command (ours) that an event came from.</summary>
    Command = 17,

    /// <summary>The aggregate's version after an event.</summary>
    Version = 18,

    /// <summary>Aggregate kind of an event (user, order, …).</summary>
    Entity = 19,

    /// <summary><c>external</c> for events that a caller posted.</summary>
    Origin = 20,

    /// <summary>HMAC over the canonical data, hexadecimal.</summary>
    Fingerprint = 21,
    ScheduleId = 22,
    Reason = 23,
    ClientAddress = 24,
    UserAgent = 25,

    /// <summary>Version of an aggregate that the caller expects (<c>If-Match</c>).</summary>
    ExpectedVersion = 26,

    /// <summary>Name of the receiver that a message is for, where its type has several.</summary>
    Receiver = 27,

    /// <summary>On the last event of a command that succeeded: <see cref="Headers.Completed"/>. It needs no <c>CommandCompleted</c> of its own.</summary>
    Completed = 28,

    /// <summary>On a record of another system that is no command as it lies: <see cref="Headers.Unreadable"/>.</summary>
    Unreadable = 29,

    /// <summary>On a command that was accepted for later: <see cref="Headers.Due"/>.</summary>
    Due = 30,

    /// <summary>On a schedule's command at whose end the next time waits.</summary>
    ScheduleWaits = 31,
}
