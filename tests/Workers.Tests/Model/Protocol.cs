using Workers.Engine.Pump;
using Workers.Engine.Store;

namespace Workers.Tests.Model;

/// <summary>
/// The protocol as steps from state to state, each named by the class of the program that does it and with a line that says which method that is: who changes one
/// changes the other. One partition of commands with two keys (a letter is a command, upper case the second of its key; what is there twice is a caller's or a
/// door's repeat), two workers, a store elsewhere, and a log of events that is fed from the outbox.
/// </summary>
internal sealed class Protocol(string commands, int largestBatch, Mutation mutation = Mutation.None)
{
    private const int MostInFlight = 2;

    private readonly List<Step> _steps = [];

    /// <summary>Every state that may come next, and by what.</summary>
    public IReadOnlyList<Step> After(ProtocolState state)
    {
        _steps.Clear();
        if (SettleWritten(state))
        {
            return _steps;
        }

        var unserved = state.Workers.All(worker => worker is null);
        for (var who = 0; who < state.Workers.Length; who++)
        {
            if (state.Workers[who] is not { } worker)
            {
                Take(state, who, unserved);
                continue;
            }

            Serve(state, who, worker);
            Sending(state, who, worker);
            Break(state, who, worker);
        }

        Late(state);
        return _steps;
    }

    /// <summary>All commands of the log once, in their order.</summary>
    public string Whole => string.Concat(commands.Distinct());

    // ServedPartitions.Take → PositionChain.Take → IStateStore.TakeAsync: the epoch is ours; OutboxRelay.Open, and a look at what is left (PositionChain.Start).
    private void Take(ProtocolState state, int who, bool unserved)
    {
        if (!unserved && state.Left.Takes == 0)
        {
            return;
        }

        var store = state.Store with { Epoch = state.Store.Epoch + 1 };
        var relay = new RelayModel(mutation != Mutation.TakesWithoutALook, [], mutation == Mutation.TakesWithoutALook ? store.OutSeq : 0, [], 0, 0);
        var worker = Started(store, new WorkerModel(false, store.Epoch, 0, 0, 0, "", 0, [], relay));
        var next = With(state, who, worker) with { Store = store };
        Add("ServedPartitions.Take", who, unserved, unserved ? next : next with { Left = state.Left with { Takes = state.Left.Takes - 1 } });
    }

    private void Serve(ProtocolState state, int who, WorkerModel worker)
    {
        Settle(state, who, worker);
        Write(state, who, worker);
        if (worker.Failed && worker.Flights.Length == 0)
        {
            Reload(state, who, worker);
        }

        if (!worker.Failed && worker.Flights.Length < MostInFlight)
        {
            Advance(state, who, worker);
        }
    }

    // PartitionPump.Advance: BatchRun.Gather and .Execute (CommandExecutor.Execute skips what RepeatFilter knows), PositionChain.Submit.
    private void Advance(ProtocolState state, int who, WorkerModel worker)
    {
        for (var size = 1; size <= largestBatch && worker.Next + size <= commands.Length; size++)
        {
            var executed = "";
            foreach (var command in commands.AsSpan(worker.Next, size))
            {
                executed += IsKnown(state.Store, worker, command) || executed.Contains(command) ? "" : command.ToString();
            }

            Submit(state, who, worker, worker.Next + size, executed);
        }

        if (worker.Next < commands.Length || worker.Flights.Length > 0)
        {
            return;
        }

        if (worker.Relay.Sent > worker.Deleted)
        {
            // PositionChain.MustMove: what was sent is still in the outbox.
            Submit(state, who, worker, worker.Next, "");
        }
        else if (PositionChain.HasMoved(RowOf(state.Store), worker.Turn, worker.Epoch))
        {
            // PositionChain.Watch: nothing goes on, and somebody else has moved the position.
            Add("PositionChain.Watch", who, true, With(state, who, Failed(worker)));
        }
    }

    private bool IsKnown(StoreModel store, WorkerModel worker, char command) => mutation switch
    {
        Mutation.NoRepeatFilter => false,
        Mutation.RepeatFilterOfTheStoreAlone => store.Outcomes.Contains(command),
        _ => store.Outcomes.Contains(command) || worker.Staged.Contains(command),
    };

    private void Submit(ProtocolState state, int who, WorkerModel worker, int offset, string executed)
    {
        // PositionChain.Number: events are numbered on, what is sent goes from the outbox.
        var sent = worker.Relay.Sent > worker.Deleted ? worker.Relay.Sent : 0;
        var flush = new FlushModel(offset, worker.Turn, worker.Epoch, executed, worker.OutSeq + executed.Length, sent);
        Add("PartitionPump.Advance", who, true, With(state, who, worker with
        {
            Next = offset,
            Turn = worker.Turn + 1,
            OutSeq = flush.OutSeq,
            Staged = executed,
            Flights = [.. worker.Flights, new FlightModel(flush, Fate.Submitted)],
        }));
    }

    // IStateStore.FlushAsync, in the order of the calls: FlushTransaction.Run (MySQL), FlushJob.Run (SQLite).
    private void Write(ProtocolState state, int who, WorkerModel worker)
    {
        var at = Array.FindIndex(worker.Flights, flight => flight.Fate is Fate.Submitted or Fate.Half);
        if (at < 0)
        {
            return;
        }

        var flight = worker.Flights[at];
        var (store, fate) = Written(state.Store, flight.Flush, flight.Fate);
        Add("IStateStore.FlushAsync", who, true, With(state, who, worker with { Flights = Replaced(worker.Flights, at, flight with { Fate = fate }) }) with { Store = store });
    }

    private (StoreModel Store, Fate Fate) Written(StoreModel store, FlushModel flush, Fate before)
    {
        if (before == Fate.Submitted)
        {
            // PositionTable.Move: … WHERE turn=@turn AND epoch=@epoch.
            if ((flush.Turn != store.Turn && mutation != Mutation.NoTurnCheck) || (flush.Epoch != store.Epoch && mutation != Mutation.NoEpochCheck))
            {
                return (store, Fate.Moved);
            }

            store = store with { Offset = flush.Offset, Turn = store.Turn + 1, OutSeq = flush.OutSeq, Overruled = store.Overruled || flush.Epoch != store.Epoch };
            if (mutation == Mutation.PositionBeforeOutcome)
            {
                return (store, Fate.Half);
            }
        }

        OutboxModel[] outbox = [.. store.Outbox.Where(row => row.LastSeq > flush.Sent), .. flush.Executed.Length > 0 ? [flush.Batch] : Array.Empty<OutboxModel>()];
        return (store with { Outcomes = store.Outcomes + flush.Executed, Outbox = outbox }, Fate.Committed);
    }

    // PositionChain.Settle: the oldest flush whose result is there; Written hands its events to the relay, Fail looks for what may have been written.
    private void Settle(ProtocolState state, int who, WorkerModel worker)
    {
        if (worker.Flights is [{ Fate: Fate.Moved or Fate.Unknown }, .. var rest])
        {
            Add("PositionChain.Settle", who, true, With(state, who, Failed(worker with { Flights = rest })));
        }
    }

    // That a flush was written is known at once: a worker that knows it later, or dies before, does nothing that it would not do so, too.
    private bool SettleWritten(ProtocolState state)
    {
        for (var who = 0; who < state.Workers.Length; who++)
        {
            if (state.Workers[who] is { Flights: [{ Fate: Fate.Committed } flight, .. var rest] } worker)
            {
                Add("PositionChain.Settle", who, true, With(state, who, worker with
                {
                    Flights = rest,
                    Deleted = Math.Max(worker.Deleted, flight.Flush.Sent),
                    Relay = flight.Flush.Executed.Length == 0 || (worker.Failed && mutation != Mutation.HandsOverBehindAFailure) ? worker.Relay : worker.Relay with { Arrived = [.. worker.Relay.Arrived, flight.Flush.Batch] },
                }));
                return true;
            }
        }

        return false;
    }

    private static WorkerModel Failed(WorkerModel worker) => worker with { Failed = true, Relay = worker.Relay with { MustRead = true } };

    // PositionChain.Reload → IStateStore.ReclaimAsync: with our epoch it gets another one, and everything is built anew from what is stored; with another's the
    // partition is lost.
    private void Reload(ProtocolState state, int who, WorkerModel worker)
    {
        var store = state.Store with { Epoch = state.Store.Epoch + (mutation == Mutation.ReloadsInTheSameEpoch ? 0 : 1) };
        var next = PositionChain.IsOurs(RowOf(state.Store), worker.Epoch)
            ? With(state, who, Started(store, worker with { Failed = false, Epoch = store.Epoch, Staged = "", Relay = worker.Relay with { MustRead = true } })) with { Store = store }
            : Gone(state, who, worker);
        Add("PositionChain.Reload", who, true, next);
    }

    private void Sending(ProtocolState state, int who, WorkerModel worker)
    {
        var relay = worker.Relay;
        if (relay.MustRead && (mutation != Mutation.SendsBeforeItLooks || relay.Arrived.Length == 0))
        {
            // ShardRelay.Read.
            OutboxModel[] found = [.. state.Store.Outbox.Where(row => row.LastSeq > relay.Last)];
            var looked = relay with { MustRead = false };
            Add("ShardRelay.Read", who, true, Sent(state, who, worker, found.Aggregate(looked, Given)));
        }
        else if (relay.Arrived is [var batch, .. var others])
        {
            // ShardRelay.TryTake: unless it was read from the store.
            var taken = relay with { Arrived = others };
            Add("ShardRelay.Advance", who, true, Sent(state, who, worker, batch.LastSeq > relay.Last ? Given(taken, batch) : taken));
        }

        if (relay.Pending.Length == 0)
        {
            return;
        }

        if (NextOf(relay) is { } send)
        {
            Add("IRelaySender.Send", who, true, Appended(Sent(state, who, worker, relay with { Appended = relay.Appended + 1 }), send));
        }

        if (relay.Appended >= relay.Pending[0].Events.Length)
        {
            // ShardRelay.Acknowledge.
            Add("ShardRelay.Acknowledge", who, true, Sent(state, who, worker, relay with
            {
                Pending = relay.Pending[1..],
                Appended = relay.Appended - relay.Pending[0].Events.Length,
                Sent = Math.Max(relay.Sent, relay.Pending[0].LastSeq),
            }));
        }
    }

    private RelayModel Given(RelayModel relay, OutboxModel batch) => relay with
    {
        Pending = [.. relay.Pending, batch],
        Last = batch.LastSeq,
        Sent = mutation == Mutation.MarksBeforeItSends ? batch.LastSeq : relay.Sent,
    };

    // What a worker does not choose: its death, an answer of the store that does not come, a sender that cannot go on.
    private void Break(ProtocolState state, int who, WorkerModel worker)
    {
        if (state.Left.Crashes > 0)
        {
            Add("kill", who, false, Gone(state, who, worker) with { Left = state.Left with { Crashes = state.Left.Crashes - 1 } });
        }

        var at = Array.FindIndex(worker.Flights, flight => flight.Fate is Fate.Submitted or Fate.Half);
        if (at >= 0 && state.Left.LostAnswers > 0)
        {
            var broken = worker with { Flights = Replaced(worker.Flights, at, worker.Flights[at] with { Fate = Fate.Unknown }) };
            Add("connection lost", who, false, With(state, who, broken) with
            {
                LateFlushes = [.. state.LateFlushes, .. LateOf(worker.Flights[at])],
                Left = state.Left with { LostAnswers = state.Left.LostAnswers - 1 },
            });
        }

        if (worker.Relay.Pending.Length > 0 && state.Left.LostSenders > 0)
        {
            // OutboxRelay.Serve: another sender, and ShardRelay.Again gives it all that is not acknowledged.
            var again = Sent(state, who, worker, worker.Relay with { Appended = 0 });
            Add("OutboxRelay.Serve", who, false, again with
            {
                LateSends = [.. state.LateSends, .. UnsentOf(worker.Relay)],
                Left = state.Left with { LostSenders = state.Left.LostSenders - 1 },
            });
        }
    }

    // What is under way from who is gone may come any time later, or never.
    private void Late(ProtocolState state)
    {
        for (var i = 0; i < state.LateFlushes.Length; i++)
        {
            var (store, fate) = Written(state.Store, state.LateFlushes[i], Fate.Submitted);
            if (fate != Fate.Moved)
            {
                Add("late flush", -1, false, state with { Store = store, LateFlushes = [.. state.LateFlushes[..i], .. state.LateFlushes[(i + 1)..]] });
            }
        }

        for (var i = 0; i < state.LateSends.Length; i++)
        {
            var (first, rest) = (state.LateSends[i][..2], state.LateSends[i][2..]);
            string[] left = [.. state.LateSends[..i], .. rest.Length > 0 ? [rest] : Array.Empty<string>(), .. state.LateSends[(i + 1)..]];
            Add("late send", -1, false, Appended(state with { LateSends = left }, first));
        }
    }

    // In the log, where Arrivals of the group that reads it leaves out what is not higher than what it has. What it keeps of that is moved with its position, as the
    // commands are with theirs.
    private ProtocolState Appended(ProtocolState state, string send)
    {
        var seq = send[0] - '0';
        return mutation != Mutation.NoArrivals && Arrivals.IsRepeat(seq, state.Highest)
            ? state
            : state with { Delivered = state.Delivered + send[1], Highest = Math.Max(seq, state.Highest) };
    }

    private static ProtocolState Gone(ProtocolState state, int who, WorkerModel worker) => With(state, who, null) with
    {
        LateFlushes = [.. state.LateFlushes, .. worker.Flights.SelectMany(LateOf)],
        LateSends = [.. state.LateSends, .. UnsentOf(worker.Relay)],
    };

    private static FlushModel[] LateOf(FlightModel flight) => flight.Fate == Fate.Submitted ? [flight.Flush] : [];

    private static string[] UnsentOf(RelayModel relay)
    {
        var unsent = "";
        for (var left = relay; NextOf(left) is { } send; left = left with { Appended = left.Appended + 1 })
        {
            unsent += send;
        }

        return unsent.Length > 0 ? [unsent] : [];
    }

    /// <summary>Seq and name of the event that the sender puts into the log next.</summary>
    private static string? NextOf(RelayModel relay)
    {
        var index = relay.Appended;
        foreach (var batch in relay.Pending)
        {
            if (index < batch.Events.Length)
            {
                return $"{(char)('0' + batch.SeqOf(index))}{batch.Events[index]}";
            }

            index -= batch.Events.Length;
        }

        return null;
    }

    // PositionChain.Start.
    private static WorkerModel Started(StoreModel store, WorkerModel worker) => worker with { Turn = store.Turn, Next = store.Offset, OutSeq = store.OutSeq };

    private static PositionRow RowOf(StoreModel store) => new(store.Offset, store.Turn, store.Epoch, false, store.OutSeq, -1, 0);

    private static ProtocolState Sent(ProtocolState state, int who, WorkerModel worker, RelayModel relay) => With(state, who, worker with { Relay = relay });

    private static ProtocolState With(ProtocolState state, int who, WorkerModel? worker) =>
        state with { Workers = who == 0 ? [worker, state.Workers[1]] : [state.Workers[0], worker] };

    private static FlightModel[] Replaced(FlightModel[] flights, int at, FlightModel flight)
    {
        FlightModel[] all = [.. flights];
        all[at] = flight;
        return all;
    }

    private void Add(string name, int who, bool fair, ProtocolState next) => _steps.Add(new Step(name, who, fair, WithoutIdle(next)));

    // What may come late and would change nothing is as good as gone.
    private ProtocolState WithoutIdle(ProtocolState state)
    {
        if (state.LateFlushes.Length > 0)
        {
            state = state with { LateFlushes = [.. state.LateFlushes.Where(late => Written(state.Store, late, Fate.Submitted).Fate != Fate.Moved || late.Turn > state.Store.Turn)] };
        }

        return state.LateSends.Length == 0 || mutation == Mutation.NoArrivals ? state
            : state with { LateSends = [.. state.LateSends.Where(late => !Arrivals.IsRepeat(late[^2] - '0', state.Highest))] };
    }
}

/// <param name="Name">The class and method of the program that does it, or what happens to it.</param>
/// <param name="Worker">-1: none.</param>
/// <param name="IsFair">It comes in the end, unless something else comes before; what is not may never come.</param>
internal readonly record struct Step(string Name, int Worker, bool IsFair, ProtocolState Next);
