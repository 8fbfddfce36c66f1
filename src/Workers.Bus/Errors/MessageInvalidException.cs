namespace Workers.Bus;

/// <summary>The message breaks rules that are written on its members, or its JSON cannot be read. Its handler was not called.</summary>
public sealed class MessageInvalidException : BusException
{
    public MessageInvalidException(string messageName, IReadOnlyDictionary<string, string[]> errors)
        : base(messageName, $"{messageName} is not valid: {string.Join("; ", errors.SelectMany(e => e.Value))}") => Errors = errors;

    public MessageInvalidException(string messageName, string member, string error, Exception? inner = null)
        : base(messageName, $"{messageName} is not valid: {(member.Length == 0 ? "it" : member)} {error}", inner) =>
        Errors = new Dictionary<string, string[]> { [member] = [error] };

    /// <summary>Sentences by member; the empty name stands for the message as a whole.</summary>
    public IReadOnlyDictionary<string, string[]> Errors { get; }
}
