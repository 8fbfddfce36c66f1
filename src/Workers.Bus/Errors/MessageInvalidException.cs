namespace Workers.Bus;

/// <summary>The message breaks rules that are written on its members, or its JSON cannot be read. Its handler was not called.</summary>
public sealed class MessageInvalidException : BusException
{
    /// <summary>Several rules at once, as validation finds them.</summary>
    /// <param name="messageName">Name of the command or query.</param>
    /// <param name="errors">Sentences by member.</param>
    public MessageInvalidException(string messageName, IReadOnlyDictionary<string, string[]> errors)
        : base(BusError.Validation, messageName, $"{messageName} is not valid: {string.Join("; ", errors.SelectMany(e => e.Value))}") =>
        Errors = errors;

    /// <summary>One rule.</summary>
    /// <param name="messageName">Name of the command or query.</param>
    /// <param name="member">The member; empty for the message as a whole.</param>
    /// <param name="error">What is wrong, as the end of a sentence that begins with the member.</param>
    /// <param name="inner">What said so.</param>
    public MessageInvalidException(string messageName, string member, string error, Exception? inner = null)
        : base(BusError.Validation, messageName, $"{messageName} is not valid: {(member.Length == 0 ? "it" : member)} {error}", inner) =>
        Errors = new Dictionary<string, string[]> { [member] = [error] };

    /// <summary>Sentences by member; the empty name stands for the message as a whole.</summary>
    public IReadOnlyDictionary<string, string[]> Errors { get; }
}
