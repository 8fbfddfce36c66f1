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
        if (!headers.TryGet(HeaderName.Completed, out var rest))
        {
            return null;
        }

        var culture = CultureInfo.InvariantCulture;
        return int.TryParse(Part(ref rest), culture, out var attempts) && decimal.TryParse(Part(ref rest), culture, out var queue)
            && decimal.TryParse(Part(ref rest), culture, out var run)
            ? new Completed(attempts, queue, run, RepeatedText.Of(rest))
            : null;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Attempts};{QueueMs};{RunMs};{Type}");

    /// <summary>What stands before the next semicolon; the rest is what stands behind it.</summary>
    private static ReadOnlySpan<byte> Part(ref ReadOnlySpan<byte> rest)
    {
        var end = rest.IndexOf((byte)';');
        var part = end < 0 ? rest : rest[..end];
        rest = end < 0 ? [] : rest[(end + 1)..];
        return part;
    }
}
