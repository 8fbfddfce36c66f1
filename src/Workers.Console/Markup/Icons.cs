using System.Collections.Frozen;

namespace Workers.Pages.Markup;

/// <summary>Small pictures that stand beside words, never alone.</summary>
internal static class Icons
{
    private const string Check = "M3 8.5l3.2 3.2L13 5";
    private const string Cross = "M4 4l8 8M12 4l-8 8";
    private const string Clock = "M8 4.5V8l2.5 1.5M14 8A6 6 0 1 1 2 8a6 6 0 0 1 12 0z";
    private const string Dots = "M3.5 8h.01M8 8h.01M12.5 8h.01";
    private const string Play = "M5 3.5v9L12.5 8z";
    private const string Again = "M13 8a5 5 0 1 1-1.6-3.7M13 2v3h-3";
    private const string Slash = "M14 8A6 6 0 1 1 2 8a6 6 0 0 1 12 0zM4 12l8-8";
    private const string Back = "M6 3L2.5 6.5 6 10M2.5 6.5H10a3.5 3.5 0 0 1 0 7H7";
    private const string Warning = "M8 2l6.5 11.5h-13zM8 6.5v3M8 11.6v.01";
    private const string Pause = "M5.5 3.5v9M10.5 3.5v9";
    private const string Dot = "M8 7.5a.5.5 0 1 0 .01 0z";

    /// <summary>By a state's name: how it looks, and in which of five tones (<c>ok</c>, <c>bad</c>, <c>warn</c>, <c>info</c>, <c>quiet</c>).</summary>
    private static readonly FrozenDictionary<string, (string Path, string Tone)> s_states = new Dictionary<string, (string, string)>(StringComparer.OrdinalIgnoreCase)
    {
        ["SCHEDULED"] = (Clock, "info"),
        ["QUEUED"] = (Dots, "info"),
        ["RUNNING"] = (Play, "info"),
        ["RETRYING"] = (Again, "warn"),
        ["SUCCEEDED"] = (Check, "ok"),
        ["FAILED"] = (Cross, "bad"),
        ["CANCELLED"] = (Slash, "quiet"),
        ["UNDONE"] = (Back, "quiet"),
        ["DEAD_LETTERED"] = (Warning, "bad"),
        ["HEALTHY"] = (Check, "ok"),
        ["DEGRADED"] = (Warning, "warn"),
        ["UNHEALTHY"] = (Cross, "bad"),
        ["PAUSED"] = (Pause, "warn"),
        ["ACTIVE"] = (Check, "ok"),
        ["ENDED"] = (Slash, "quiet"),
        ["DONE"] = (Check, "ok"),
        ["HALTED"] = (Warning, "bad"),
        ["CLOSED"] = (Check, "ok"),
        ["HALF_OPEN"] = (Again, "warn"),
        ["OPEN"] = (Warning, "bad"),
        ["FIRED"] = (Check, "ok"),
        ["TRIGGERED"] = (Play, "info"),
        ["MISFIRED"] = (Warning, "warn"),
        ["SKIPPED_MISFIRE"] = (Slash, "warn"),
        ["SKIPPED_OVERLAP"] = (Slash, "warn"),
        ["WAITING"] = (Clock, "info"),
        ["STUCK"] = (Warning, "bad"),
        ["MANUALREVIEW"] = (Warning, "bad"),
        ["CONFIRMED"] = (Check, "ok"),
        ["AWAITINGAPPROVAL"] = (Clock, "warn"),
        ["CANCELLING"] = (Back, "warn"),
        ["RESERVINGSTOCK"] = (Dots, "info"),
        ["CHARGING"] = (Dots, "info"),
        ["CONFIRMING"] = (Dots, "info"),
        ["SHIPPED"] = (Play, "info"),
        ["COMPLETED"] = (Check, "ok"),
        ["FINAL"] = (Check, "ok"),
        ["COMPENSATING"] = (Back, "warn"),
        ["COMPENSATED"] = (Back, "quiet"),
        ["REJECTED"] = (Cross, "quiet"),
        ["STARTING"] = (Dots, "info"),
        ["WORKING"] = (Check, "ok"),
        ["STOPPED"] = (Slash, "quiet"),
        ["GONE"] = (Warning, "bad"),
        ["YES"] = (Check, "ok"),
        ["NO"] = (Slash, "quiet"),
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>A state: picture, word and tone.</summary>
    public static Html State(string state)
    {
        var (path, tone) = s_states.GetValueOrDefault(state, (Dot, "info"));
        return Html.Of($"""<span class="state {tone}">{Of(path)}{Words.Of(state)}</span>""");
    }

    public static string ToneOf(string state) => s_states.GetValueOrDefault(state, (Dot, "info")).Item2;

    public static Html Alarm { get; } = Of(Warning);

    public static Html Well { get; } = Of(Check);

    private static Html Of(string path) => Html.Of(
        $"""<svg class="icon" viewBox="0 0 16 16" width="16" height="16" fill="none" stroke="currentColor" stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false"><path d="{path}"/></svg>""");
}
