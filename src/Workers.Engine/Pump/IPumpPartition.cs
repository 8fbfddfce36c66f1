using Workers.Engine.Log;

namespace Workers.Engine.Pump;

/// <summary>One partition that a pump thread serves. All members are called by that thread alone.</summary>
internal interface IPumpPartition : IDisposable
{
    PartitionCursor Cursor { get; }

    /// <summary>Nothing is under way that an orderly end would wait for.</summary>
    bool Idle { get; }

    /// <summary>Whatever was taken from the cursor is committed.</summary>
    bool Settled { get; }

    /// <summary>Another worker has taken the partition: there is nothing to be done here any more.</summary>
    bool Lost { get; }

    /// <summary>Everything before this offset is committed.</summary>
    long Passed { get; }

    /// <summary>Keys whose records wait for another attempt; of effects the rows under way.</summary>
    int SetAside { get; }

    /// <summary>When to look again although nothing woke us.</summary>
    long NextDueMs { get; }

    /// <summary>Takes the partition: its epoch is ours from now on. Only then is anything else of it read.</summary>
    void Take();

    /// <summary>Does what can be done without waiting; false when there is nothing to do.</summary>
    bool Step(bool stopping);

    /// <summary>Orderly release, once idle.</summary>
    void Release();
}
