namespace Workers.Contracts.Headers;

/// <summary>Why a record of another system is no command as it lies (<see cref="HeaderName.Unreadable"/>): <c>{reason}: {sentence}</c>.</summary>
/// <param name="Reason">Of its dead letter: unreadable, unknown_type, empty, too_large; or <see cref="Refused"/>.</param>
/// <param name="Sentence">For people.</param>
public readonly record struct Unreadable(string Reason, string Sentence)
{
    /// <summary>It is known which command it is, but its data break the command's rules: it fails, as at every other door.</summary>
    public const string Refused = "refused";

    /// <summary>Null where the record carries none.</summary>
    public static Unreadable? Of(HeaderBlock headers) =>
        headers.Get(HeaderName.Unreadable)?.Split(": ", 2) is [var reason, var sentence] ? new Unreadable(reason, sentence) : null;

    public override string ToString() => $"{Reason}: {Sentence}";
}
