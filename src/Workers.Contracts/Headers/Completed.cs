using System.Globalization;

namespace Workers.Contracts.Headers;

/// <summary>How a command went that succeeded, on its last event (<see cref="HeaderName.Completed"/>): <c>{attempts};{queue ms};{run ms};{command type}</c>.</summary>
/// <param name="QueueMs">From acceptance to start.</param>
/// <param name="Type">Empty in records of earlier versions, which did not say it.</param>
public readonly record struct Completed(int Attempts, decimal QueueMs, decimal RunMs, string Type)
{
    /// <summary>Null where the record carries none, or one that cannot be read.</summary>
    public static Completed? Of(HeaderBlock headers)
    {
        var culture = CultureInfo.InvariantCulture;
        return headers.Get(HeaderName.Completed)?.Split(';', 4) is [var attempts, var queue, var run, .. var type]
            && int.TryParse(attempts, culture, out var a) && decimal.TryParse(queue, culture, out var q) && decimal.TryParse(run, culture, out var r)
            ? new Completed(a, q, r, type is [var said] ? said : "")
            : null;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Attempts};{QueueMs};{RunMs};{Type}");
}
