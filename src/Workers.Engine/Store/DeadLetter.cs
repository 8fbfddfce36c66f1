using Workers.Engine.Log;

namespace Workers.Engine.Store;

/// <summary>A record that could not be executed, with everything needed to look at it and to replay it.</summary>
/// <param name="Id">Id of the letter: derived from group and record id.</param>
/// <param name="Reason">attempts_used_up, unreadable, unknown_type, empty, too_large, poison, refused, killed_worker, flush_failed, unregistered.</param>
public sealed record DeadLetter(
    Guid Id, string Group, string Handler, LogRecord Record, string Reason, string ErrorType, string Code, string Message, string Stack,
    int Attempts, long FirstMs, long LastMs, string Worker)
{
    /// <summary>A stack trace as a letter keeps it: the first 8,192 characters.</summary>
    internal static string Cut(string? stack) => stack is null ? "" : stack.Length <= 8_192 ? stack : stack[..8_192];
}
