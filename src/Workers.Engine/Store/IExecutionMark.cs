namespace Workers.Engine.Store;

/// <summary>
/// What a partition is executing at this moment, kept where it outlives the process (not the machine). Whoever takes the partition after an unclean
/// end reads here which record the process ended in. Setting it costs nothing to speak of: it is set for every record.
/// </summary>
public interface IExecutionMark
{
    /// <summary>No record: the process ended elsewhere.</summary>
    const long None = -1;

    /// <summary>Several records at once: they are being read ahead, or what they changed is being gathered.</summary>
    const long Batch = -2;

    /// <summary>
    /// Nobody knows what was executed: the owner before was on another machine, or each start is noted in the store while the process is careful. What was
    /// noted is beside the position (<see cref="PositionMove.ProbeOffset"/>).
    /// </summary>
    const long Unknown = -3;

    /// <summary>The record's offset, or one of the values above. Set by the partition's owner only.</summary>
    long Value { get; set; }
}
