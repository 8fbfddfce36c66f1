namespace Workers.Engine.Control;

/// <summary>Who is told by webhook when commands end.</summary>
/// <param name="Types">Kinds or names; empty for all.</param>
/// <param name="States">Final states; empty for all.</param>
/// <param name="Secret">By which its webhooks are signed (<c>whsec_…</c>).</param>
/// <param name="Active">False: its receiver has answered 410.</param>
/// <param name="Reason">Why it is there, or why nothing is delivered any more.</param>
public sealed record SubscriptionRow(
    string Id, string Url, IReadOnlyList<string> Types, IReadOnlyList<string> States, string? Secret, bool Active, string? Reason, string By, long AtMs)
{
    // Clocks of workers differ: who ended a command just then is not to be passed over for that.
    private const long ClocksMs = 60_000;

    /// <summary>Whether it is told of a command of this kind and name that came to this end.</summary>
    public bool Wants(string kind, string type, string state, long endedMs) =>
        Active && endedMs > AtMs - ClocksMs && (Types.Count == 0 || Types.Contains(type) || Types.Contains(kind)) && (States.Count == 0 || States.Contains(state));
}
