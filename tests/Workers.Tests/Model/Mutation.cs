namespace Workers.Tests.Model;

/// <summary>A fault in the protocol that the exploration has to find.</summary>
internal enum Mutation
{
    None,

    /// <summary>The position is moved whatever its epoch.</summary>
    NoEpochCheck,

    /// <summary>The position is moved whatever its turn.</summary>
    NoTurnCheck,

    /// <summary>After a failure nothing keeps what was submitted before from being written later.</summary>
    ReloadsInTheSameEpoch,

    /// <summary>The position is moved in a transaction before that of the outcomes.</summary>
    PositionBeforeOutcome,

    /// <summary>Outcomes are not looked up.</summary>
    NoRepeatFilter,

    /// <summary>Outcomes are looked up in the store alone: what the batch in flight has executed is not known.</summary>
    RepeatFilterOfTheStoreAlone,

    /// <summary>The relay takes a batch for sent when it gives it to the sender.</summary>
    MarksBeforeItSends,

    /// <summary>Who takes a partition does not look for what is left in the outbox.</summary>
    TakesWithoutALook,

    /// <summary>What is handed over is sent although the store may hold batches before it.</summary>
    SendsBeforeItLooks,

    /// <summary>What was written behind a flush whose end is not known is handed over to the relay.</summary>
    HandsOverBehindAFailure,

    /// <summary>The reader of the events takes whatever is in the log.</summary>
    NoArrivals,
}
