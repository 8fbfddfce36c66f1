using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Workers.Api.Http;
using Workers.Contracts.Commands;
using Workers.Engine.Control;
using Workers.Engine.Metrics;
using Workers.Engine.Options;

namespace Workers.Api.Reads;

/// <summary>
/// How commands went, read from the store: it holds for all processes. Without a range what was counted since the last reset; with <c>from</c> or <c>to</c> what ended in
/// whole minutes between them, and with <c>step</c> the points of a chart.
/// </summary>
internal sealed class MetricsReads(IMetricsStore store, ControlFeed control, MetricsOptions options, TimeProvider clock)
{
    private const long Minute = (long)Grain.Minute;
    private const long Hour = (long)Grain.Hour;
    private const int MostPoints = 2_000;
    private static readonly string[] s_range = ["step", .. ListQuery.Times];

    public Task AllAsync(HttpContext http) => AnswerAsync(http, "all", null, null);

    /// <summary>Of a kind or of a name.</summary>
    public Task OfTypeAsync(HttpContext http)
    {
        var asked = (string)http.Request.RouteValues["type"]!;
        return CommandCatalog.Kinds.Contains(asked) ? AnswerAsync(http, asked, asked, null)
            : CommandCatalog.Find(asked) is { IsInternal: false } info ? AnswerAsync(http, info.Name, null, info.Name)
            : IsHandled(asked) ? AnswerAsync(http, asked, null, asked)
            : throw new ProblemException(new Problem(
                StatusCodes.Status404NotFound, "NOT_FOUND", $"Command type not found; it is one of {string.Join(", ", CommandCatalog.Kinds)}, or a command's name"));
    }

    private bool IsHandled(string type) => control.Current.Handlers.All.Any(handler => handler.Row.Types.Contains(type));

    private async Task AnswerAsync(HttpContext http, string name, string? kind, string? type)
    {
        var query = new ListQuery(http.Request.Query).Only(s_range);
        var (fromMs, toMs) = query.Range();
        var state = await store.StateAsync(http.RequestAborted);
        var now = clock.GetUtcNow();
        using var json = JsonAnswer.Rent();
        var writer = json.Writer;
        writer.WriteStartObject();
        writer.WriteString("type"u8, name);
        if (fromMs is null && toMs is null && query.Text("step") is null)
        {
            var rows = await store.SinceResetAsync(http.RequestAborted);
            FiguresJson.Write(writer, Of(rows, kind, type).Sum());
            writer.WriteTime("since", state.SinceMs > 0 ? state.SinceMs : now.ToUnixTimeMilliseconds());
            WriteParts(writer, rows, kind, type);
        }
        else
        {
            var step = StepOf(query.Text("step"));
            var range = RangeOf(fromMs, toMs, step, state, now.ToUnixTimeSeconds());
            var rows = await RowsAsync(range, step, kind, type, http.RequestAborted);
            FiguresJson.Write(writer, rows.Sum());
            writer.WriteTime("from", range.From * 1_000);
            writer.WriteTime("to", range.To * 1_000);
            WriteParts(writer, rows, kind, type);
            WritePoints(writer, rows, range, step);
        }

        writer.WriteEndObject();
        await json.SendAsync(http, StatusCodes.Status200OK);
    }

    /// <summary>Whole minutes (with a step of hours: whole hours), the last one with what is counted of it so far.</summary>
    private (long From, long To) RangeOf(long? fromMs, long? toMs, long? step, MetricsState state, long now)
    {
        var unit = step is { } length ? (length % Hour == 0 ? Hour : Minute) : Minute;
        var to = Up(toMs is { } end ? (end + 999) / 1_000 : now, unit);
        var from = fromMs is { } begin ? begin / 1_000 : Math.Max(state.BeganMs / 1_000, now - (long)options.HourRetention.TotalSeconds);
        from = Math.Min(from, to) / unit * unit;
        if (step is { } wide && (to - from) / wide > MostPoints)
        {
            throw ListQuery.Bad("step", $"step makes more than {MostPoints} points of this range; take a longer one");
        }

        return unit == Minute && step is not null && from < OldestMinute(now)
            ? throw ListQuery.Bad("step", $"step must be whole hours (such as 1h) for times before {DateTimeOffset.FromUnixTimeSeconds(OldestMinute(now)):O}: minutes are not kept so long")
            : (from, to);
    }

    // Minutes of the last, unfinished unit are kept for a moment longer than promised.
    private long OldestMinute(long now) => Up(now - (long)options.MinuteRetention.TotalSeconds, Hour);

    /// <summary>Minutes where they are needed, whole hours between them: the sum is the same.</summary>
    private async Task<List<MetricsRow>> RowsAsync((long From, long To) range, long? step, string? kind, string? type, CancellationToken cancellation)
    {
        if (step is not null)
        {
            return [.. await store.RangeAsync(step % Hour == 0 ? Grain.Hour : Grain.Minute, range.From, range.To, kind, type, cancellation)];
        }

        // Where minutes are no longer kept, the hour in which the range begins or ends counts whole.
        var oldest = OldestMinute(clock.GetUtcNow().ToUnixTimeSeconds());
        var firstHour = range.From < oldest ? range.From / Hour * Hour : Up(range.From, Hour);
        var lastHour = range.To < oldest ? Up(range.To, Hour) : range.To / Hour * Hour;
        if (firstHour >= lastHour)
        {
            return [.. await store.RangeAsync(Grain.Minute, range.From, range.To, kind, type, cancellation)];
        }

        return
        [
            .. await store.RangeAsync(Grain.Minute, range.From, firstHour, kind, type, cancellation),
            .. await store.RangeAsync(Grain.Hour, firstHour, lastHour, kind, type, cancellation),
            .. await store.RangeAsync(Grain.Minute, lastHour, range.To, kind, type, cancellation),
        ];
    }

    /// <summary>Of everything the kinds, then the names; of a kind its names.</summary>
    private static void WriteParts(Utf8JsonWriter writer, IReadOnlyList<MetricsRow> rows, string? kind, string? type)
    {
        if (type is not null)
        {
            return;
        }

        if (kind is null)
        {
            WriteList(writer, "kinds", CommandCatalog.Kinds.Select(one => (one, rows.Where(row => row.Kind == one).Sum())));
        }

        WriteList(writer, "types", Of(rows, kind, null).GroupBy(row => row.Type).OrderBy(same => same.Key, StringComparer.Ordinal).Select(same => (same.Key, same.Sum())));
    }

    private static void WriteList(Utf8JsonWriter writer, string name, IEnumerable<(string Type, CommandFigures Figures)> parts)
    {
        writer.WriteStartArray(name);
        foreach (var (type, figures) in parts)
        {
            writer.WriteStartObject();
            writer.WriteString("type"u8, type);
            FiguresJson.Write(writer, figures);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WritePoints(Utf8JsonWriter writer, List<MetricsRow> rows, (long From, long To) range, long? step)
    {
        if (step is not { } length)
        {
            return;
        }

        var byPoint = rows.ToLookup(row => (row.At - range.From) / length);
        writer.WriteNumber("step_seconds"u8, length);
        writer.WriteStartArray("points"u8);
        for (var at = range.From; at < range.To; at += length)
        {
            writer.WriteStartObject();
            writer.WriteTime("at", at * 1_000);
            FiguresJson.Write(writer, byPoint[(at - range.From) / length].Sum());
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static IEnumerable<MetricsRow> Of(IReadOnlyList<MetricsRow> rows, string? kind, string? type) =>
        rows.Where(row => (kind is null || row.Kind == kind) && (type is null || row.Type == type));

    /// <summary>Seconds, or with a unit: <c>1m, 15m, 1h, 1d</c>; whole minutes.</summary>
    private static long? StepOf(string? text)
    {
        if (text is null)
        {
            return null;
        }

        var unit = text[^1] switch { 's' => 1, 'm' => Minute, 'h' => Hour, 'd' => 24 * Hour, _ => 0 };
        return int.TryParse(unit == 0 ? text : text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            && count * Math.Max(unit, 1) is > 0 and <= 366 * 24 * Hour and var seconds && seconds % Minute == 0
            ? seconds
            : throw ListQuery.Bad("step", "step must be whole minutes, such as 60, 5m, 1h or 1d");
    }

    private static long Up(long seconds, long unit) => (seconds + unit - 1) / unit * unit;
}
