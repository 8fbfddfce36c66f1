using Workers.Engine.Log;
using Workers.Engine.Store;

namespace Workers.Engine.Effects;

/// <summary>
/// How an attempt ended, ready for a flush: a result removes the row, <see cref="Again"/> replaces it, a dead letter removes it too (and comes with
/// the result that says so, where the effect could be read).
/// </summary>
internal sealed record EffectEnd(ParkedRow Row, LogRecord? Result = null, ParkedRow? Again = null, DeadLetter? Letter = null)
{
    public string Key => Row.Record.Key;

    public void AddTo(Flush flush)
    {
        if (Again is not null)
        {
            flush.Parked.Add(Again);
            return;
        }

        flush.ParkedDone.Add(Row.Order);
        if (Result is not null)
        {
            flush.Outgoing.Add(Result);
        }

        if (Letter is not null)
        {
            flush.DeadLetters.Add(Letter);
        }
    }
}
