using System.Text;

namespace Workers.Tests.Model;

/// <summary>What a flush would write: <c>Flush</c>, with what matters here. Every command that is executed (a letter) sends one event of its own name.</summary>
/// <param name="Offset">The position moves there.</param>
/// <param name="Turn">The turn it expects to find.</param>
/// <param name="Epoch">Of who wrote it.</param>
/// <param name="OutSeq">The seq of its last event.</param>
/// <param name="Sent">Batches of the outbox up to this seq are in the log, and go.</param>
internal sealed record FlushModel(int Offset, int Turn, int Epoch, string Executed, int OutSeq, int Sent)
{
    public OutboxModel Batch => new(OutSeq, Executed);
}

/// <summary>A row of the outbox: <c>OutboxBatch</c>.</summary>
internal sealed record OutboxModel(int LastSeq, string Events)
{
    public int SeqOf(int index) => LastSeq - Events.Length + 1 + index;
}

/// <summary>What has become of a flush that was submitted, as its worker would be told.</summary>
internal enum Fate
{
    Submitted,

    /// <summary>The position is moved, the rest is not written. Only in a store with a fault.</summary>
    Half,
    Committed,
    Moved,

    /// <summary>The connection is gone: it may have been written, it may be later, or never.</summary>
    Unknown,
}

internal sealed record FlightModel(FlushModel Flush, Fate Fate);

/// <summary>The store's rows of one partition of a group: <c>positions</c>, <c>outcomes</c>, <c>outbox</c>.</summary>
/// <param name="Outcomes">The commands that have an outcome, in the order of their commits.</param>
/// <param name="Overruled">A flush was committed after another worker had taken the partition.</param>
internal sealed record StoreModel(int Offset, int Turn, int Epoch, int OutSeq, string Outcomes, OutboxModel[] Outbox, bool Overruled);

/// <summary><c>ShardRelay</c>, its sender included.</summary>
/// <param name="MustRead">The store may hold batches that were not handed over.</param>
/// <param name="Arrived">Handed over after their commits.</param>
/// <param name="Last">The seq of the last event that was given to the sender.</param>
/// <param name="Pending">Given to the sender and not acknowledged.</param>
/// <param name="Appended">How many events of those are in the log.</param>
/// <param name="Sent">Everything up to this seq is acknowledged.</param>
internal sealed record RelayModel(bool MustRead, OutboxModel[] Arrived, int Last, OutboxModel[] Pending, int Appended, int Sent);

/// <summary><c>PartitionPump</c> with its <c>PositionChain</c>, <c>Flight</c> and <c>RepeatFilter</c>. Null where the partition is not served here.</summary>
/// <param name="Next">The offset that is read next.</param>
/// <param name="Staged">What the batch before has executed, whether that is stored or not: <c>RepeatFilter</c>.</param>
/// <param name="Deleted">Up to this seq the outbox is known to be deleted.</param>
internal sealed record WorkerModel(
    bool Failed, int Epoch, int Turn, int Next, int OutSeq, string Staged, int Deleted, FlightModel[] Flights, RelayModel Relay);

/// <summary>Of the faults that may still come, so many.</summary>
internal sealed record Faults(int Takes, int Crashes, int LostAnswers, int LostSenders);

/// <summary>The whole: the store, the log of events, two workers, and what is under way from workers and senders that are gone.</summary>
/// <param name="Delivered">What the group that reads the events has taken of the log.</param>
/// <param name="Highest">The seq of the last of them: whatever is not higher is a repeat. Of the log nothing else matters.</param>
/// <param name="LateFlushes">May be written at any time, or never.</param>
/// <param name="LateSends">Of each sender that is gone: what may still get into the log, in its order: seq and name of each event.</param>
internal sealed record ProtocolState(
    StoreModel Store, string Delivered, int Highest, WorkerModel?[] Workers, FlushModel[] LateFlushes, string[] LateSends, Faults Left)
{
    public static ProtocolState Start(Faults faults) => new(new StoreModel(0, 0, 0, 0, "", [], false), "", 0, [null, null], [], [], faults);

    /// <summary>The same for states that differ in nothing but which worker is which.</summary>
    public string Key()
    {
        var text = new StringBuilder(128);
        Number(text, Store.Offset, Store.Turn, Store.Epoch, Store.OutSeq, Store.Overruled ? 1 : 0);
        Number(text, Left.Takes, Left.Crashes, Left.LostAnswers, Left.LostSenders);
        Number(text, Highest);
        text.Append(Store.Outcomes).Append('|').Append(Delivered);
        Rows(text, Store.Outbox);
        var (first, second) = (KeyOf(Workers[0]), KeyOf(Workers[1]));
        (first, second) = string.CompareOrdinal(first, second) <= 0 ? (first, second) : (second, first);
        text.Append('/').Append(first).Append('/').Append(second);
        foreach (var late in LateFlushes.Select(KeyOf).Order(StringComparer.Ordinal).Concat(LateSends.Order(StringComparer.Ordinal)))
        {
            text.Append('/').Append(late);
        }

        return text.ToString();
    }

    private static string KeyOf(WorkerModel? worker)
    {
        if (worker is null)
        {
            return "";
        }

        var text = new StringBuilder(64);
        var relay = worker.Relay;
        Number(text, worker.Failed ? 1 : 0, worker.Epoch, worker.Turn, worker.Next, worker.OutSeq, worker.Deleted);
        Number(text, relay.MustRead ? 1 : 0, relay.Last, relay.Appended, relay.Sent);
        text.Append(worker.Staged);
        foreach (var flight in worker.Flights)
        {
            text.Append('~').Append((char)('0' + (int)flight.Fate)).Append(KeyOf(flight.Flush));
        }

        Rows(text, relay.Arrived);
        Rows(text, relay.Pending);
        return text.ToString();
    }

    private static string KeyOf(FlushModel flush)
    {
        var text = new StringBuilder(16);
        Number(text, flush.Offset, flush.Turn, flush.Epoch, flush.OutSeq, flush.Sent);
        return text.Append(flush.Executed).ToString();
    }

    private static void Number(StringBuilder text, params ReadOnlySpan<int> numbers)
    {
        foreach (var number in numbers)
        {
            text.Append((char)('0' + number));
        }
    }

    private static void Rows(StringBuilder text, OutboxModel[] rows)
    {
        text.Append('|');
        foreach (var row in rows)
        {
            text.Append((char)('0' + row.LastSeq)).Append(row.Events).Append(',');
        }
    }
}
