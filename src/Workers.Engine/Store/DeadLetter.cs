using Workers.Engine.Log;

namespace Workers.Engine.Store;

/// <summary>A record that could not be executed, with everything needed to look at it and to replay it.</summary>
/// <param name="Id">Id of the letter: derived from group and record id.</param>
/// <param name="Reason">attempts_used_up, unreadable, unknown_type, empty, too_large, poison, refused, killed_worker, flush_failed, unregistered.</param>
public sealed record DeadLetter(
    Guid Id, string Group, string Handler, LogRecord Record, string Reason, string ErrorType, string Code, string Message, string Stack,
    int Attempts, long FirstMs, long LastMs, string Worker)
{
    /// <summary>The record as it failed, where an operator has edited it since; null where <see cref="Record"/> is that.</summary>
    public LogRecord? Original { get; init; }

    /// <summary>Who has edited it last; null for nobody.</summary>
    public LetterEdit? Edited { get; init; }

    /// <summary>A stack trace as a letter keeps it: the first 8,192 characters.</summary>
    internal static string Cut(string? stack) => stack is null ? "" : stack.Length <= 8_192 ? stack : stack[..8_192];
}

/// <summary>An edit of a dead letter.</summary>
/// <param name="By">The caller.</param>
/// <param name="AtMs">Milliseconds since 1970.</param>
public sealed record LetterEdit(string By, long AtMs, string? Reason);

/// <summary>Letters of one cause: error type, code and the first line of the stack.</summary>
/// <param name="Frame">Empty where there was no stack.</param>
/// <param name="Message">Of the latest.</param>
public sealed record DeadLetterGroup(string ErrorType, string Code, string Frame, long Count, long FirstMs, long LastMs, Guid LatestId, string Message);

/// <summary>Which letters; a part that is null means any.</summary>
/// <param name="CommandId">Our id of the command.</param>
/// <param name="Frame">The first line of the stack, without the blanks around it.</param>
/// <param name="UntilMs">Last seen then or before, in milliseconds since 1970.</param>
public sealed record DeadLetterFilter(
    string? Group = null, string? Key = null, string? Reason = null, string? Code = null, Guid? CommandId = null, string? ErrorType = null, string? Frame = null,
    long? UntilMs = null);
