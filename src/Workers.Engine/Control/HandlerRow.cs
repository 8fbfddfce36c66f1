namespace Workers.Engine.Control;

/// <summary>Who executes which commands, as somebody has said it: a handler that calls a url, or one of ours that was taken out or put back.</summary>
/// <param name="Types">The commands it executes.</param>
/// <param name="Url">Where it is; null for one of ours.</param>
/// <param name="Secret">By which calls are signed (<c>whsec_…</c>); null for none.</param>
/// <param name="TimeoutMs">How long a call may take.</param>
/// <param name="Taken">Which registration it is: of two handlers of a command the later one has it.</param>
/// <param name="Active">False: it was taken out, and nobody executes what it had.</param>
/// <param name="Reason">Why.</param>
public sealed record HandlerRow(
    IReadOnlyList<string> Types, string? Url, string? Secret, long TimeoutMs, long Taken, bool Active, string? Reason, string By, long AtMs);

/// <summary>A handler with its name.</summary>
public sealed record NamedHandler(string Name, HandlerRow Row);
