using Workers.Contracts.Commands;
using Workers.Engine.Log;
using Workers.Engine.Session;
using Workers.Engine.Store;

namespace Workers.Engine.Commands;

/// <summary>
/// A refund lies in its payment; whoever names the refund alone is led there. A door looks before it appends; what another system put on the log under the
/// refund's id is sent on to the payment's key by the commands group. Tests: RefundLookupTests, KafkaForeignTests.
/// </summary>
public static class RefundLookup
{
    /// <summary>The unique values that are refunds' ids; their owners are the payments.</summary>
    public const string Space = "refund";

    /// <summary>The payment's id; null where there is no such refund.</summary>
    public static string? PaymentOf(IStateReader reader, string refundId) => reader.FindUnique(Space, refundId);

    /// <summary>Whether the command says which refund it means, and not whose.</summary>
    internal static bool IsNeeded(CommandInfo info, object command) => info.KeyIsLookedUp && info.GetKey(command).Length == 0;

    /// <summary>Completes the command. A copy where it belongs; null where it is there already, or where there is no such refund.</summary>
    internal static LogRecord? SendOn(LogRecord record, CommandInfo info, object command, BatchSession session)
    {
        if (command is not IRefundDecision decision || PaymentOf(session.Reader, decision.RefundId) is not { } payment)
        {
            return null;
        }

        info.SetKey(command, payment);
        return payment == record.Key ? null : new LogRecord
        {
            Id = record.Id,
            Topic = record.Topic,
            Key = payment,
            TimestampMs = record.TimestampMs,
            Headers = record.HeadersToPass,
            Value = info.ToBytes(command),
        };
    }
}
