using Workers.Pages.Frames;
using Workers.Pages.Markup;

namespace Workers.Pages.Overview;

/// <summary>
/// The command that waits longest, however many do. In the list what runs and repeats have not ended either, and may stand before it: where the first are all such, the
/// queue itself is asked.
/// </summary>
internal static class OldestWaiting
{
    /// <summary>What to ask of the queue.</summary>
    public const string Queue = "queue?limit=100";

    private const string Looked = "20";

    /// <summary>What to ask of the list of commands.</summary>
    /// <param name="kind">Of what kind; empty for all.</param>
    public static string Query(string kind) => Visit.With("", ("state", "QUEUED"), ("kind", kind), ("sort", "submitted_at"), ("limit", Looked));

    /// <summary>When it was accepted, by the list; null where none of its first waits.</summary>
    public static DateTimeOffset? Of(Json list) => list["items"].Items.FirstOrDefault(one => one["state"].Text is "QUEUED" or "RETRYING")["submitted_at"].Time;

    /// <summary>Whether others than the list's first may wait.</summary>
    public static bool IsOpen(Json list) => Of(list) is null && list["next_cursor"].IsThere;

    /// <summary>When the oldest of the queue's first was accepted; null where none waits.</summary>
    /// <param name="kind">Of what kind; empty for all.</param>
    public static DateTimeOffset? In(Json queue, string kind) => queue["items"].Items.Where(one => kind.Length == 0 || one["kind"].Text == kind).Min(one => one["submitted_at"].Time);
}
