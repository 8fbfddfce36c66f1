namespace Workers.Bus.Routing;

/// <summary>
/// A number for each pair of message and result, the same in every bus of the process: its index in their tables, which the just-in-time
/// compiler turns into a constant.
/// </summary>
internal static class MessageSlot<TMessage, TResult>
{
    public static readonly int Value = MessageSlots.Next();
}

internal static class MessageSlots
{
    private static int _last = -1;

    public static int Next() => Interlocked.Increment(ref _last);
}
