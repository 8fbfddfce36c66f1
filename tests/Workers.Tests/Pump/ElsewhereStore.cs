using Workers.Engine.Log;
using Workers.Engine.Store;
using Workers.Tests.Store;

namespace Workers.Tests.Pump;

/// <summary>A store as it looks from a machine that has never had the partition.</summary>
internal sealed class ElsewhereStore(IStateStore inner) : WrappedStore(inner)
{
    public override IExecutionMark MarkOf(string group, PartitionId partition) => new Mark();

    private sealed class Mark : IExecutionMark
    {
        public long Value { get; set; } = IExecutionMark.Unknown;
    }
}
