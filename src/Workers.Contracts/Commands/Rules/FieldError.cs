namespace Workers.Contracts.Commands;

/// <summary>What is wrong with one member, in a sentence for people.</summary>
/// <param name="Field">The member's path in the request, such as <c>items[0].sku</c>; empty for the whole.</param>
/// <param name="Message">The sentence, without a prefix.</param>
public sealed record FieldError(string Field, string Message);
