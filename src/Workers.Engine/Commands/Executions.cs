using System.Runtime.ExceptionServices;
using Workers.Engine.Dispatch;
using Workers.Engine.Pump;

namespace Workers.Engine.Commands;

/// <summary>From what was thrown to what the pump does.</summary>
internal static class Executions
{
    /// <summary>Our own store's and log's errors and a stop leave as they are: the batch is abandoned.</summary>
    public static Execution Of(Exception error, CancellationToken stopping)
    {
        var verdict = Verdict.Of(error, stopping);
        switch (verdict.Kind)
        {
            case VerdictKind.Poison:
                return Execution.Poison(verdict.Reason, verdict.Error);
            case VerdictKind.Refused:
                // Of a flow, which has no outcome that a refusal could be; it would be refused again and again.
                return Execution.Poison("refused", verdict.Error);
            case VerdictKind.Cancelled or VerdictKind.Abandon:
                ExceptionDispatchInfo.Throw(error);
                goto default;
            default:
                return Execution.Retry(verdict.Error, verdict.After);
        }
    }
}
