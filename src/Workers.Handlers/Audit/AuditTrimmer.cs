using System.Text.Json;
using Microsoft.Extensions.Logging;
using Workers.Engine.Log;
using Workers.Engine.Projections;

namespace Workers.Handlers.Audit;

/// <summary>
/// Deletes days of the audit trail that are older than is kept. What it is about to delete is an entry (<c>trimming</c>) before it does, so that nothing is deleted untold, and what it has
/// deleted is another (<c>trimmed</c>). A run that is interrupted goes on with the next. Tests: AuditTrimmerTests.
/// </summary>
/// <param name="store">The trail.</param>
/// <param name="log">Where the entries begin.</param>
/// <param name="keepDays">So many whole days (UTC) before today are kept.</param>
/// <param name="clock">Tells today; whether it is right is not believed without the trail (<see cref="AuditKeeping"/>).</param>
/// <param name="logger">Told the same.</param>
public sealed class AuditTrimmer(IAuditStore store, ILog log, int keepDays, TimeProvider clock, ILogger<AuditTrimmer> logger)
{
    private static readonly AuditSource s_source = new("retention", "internal");

    // Deleted, and not told yet.
    private long _untold;
    private int _keptLongerToldOn = -1;

    /// <exception cref="Engine.Store.StoreUnavailableException">The store is away.</exception>
    /// <exception cref="LogUnavailableException">The log is away: nothing was deleted that is not told of.</exception>
    public async Task TrimAsync(CancellationToken cancellation)
    {
        var today = AuditChain.DayOf(clock.GetUtcNow().ToUnixTimeMilliseconds());
        var days = await store.DaysAsync(cancellation);
        var before = AuditKeeping.FirstKept(today, days.Select(day => day.Day), keepDays);
        var old = days.Where(day => day.Day < before).ToList();
        if (old.Count > 0)
        {
            var (from, to, entries) = (AuditBreak.DateOf(old.Min(day => day.Day)), AuditBreak.DateOf(old.Max(day => day.Day)), old.Sum(day => day.Entries));
            await TellAsync("trimming", new() { ["from"] = Json(from), ["to"] = Json(to), ["days"] = Json(old.Count), ["entries"] = Json(entries) });
            LogMessages.AuditTrimming(logger, from, to, entries, keepDays);
        }

        TellKeptLonger(today, days.Where(day => day.Day >= before && day.Day < today - keepDays).ToList());
        _untold += await store.TrimAsync(before, cancellation);
        if (_untold > 0)
        {
            await TellAsync("trimmed", new() { ["before"] = Json(AuditBreak.DateOf(before)), ["entries"] = Json(_untold) });
            LogMessages.AuditTrimmed(logger, _untold, AuditBreak.DateOf(before));
            _untold = 0;
        }
    }

    private void TellKeptLonger(int today, List<AuditDay> kept)
    {
        if (kept.Count > 0 && _keptLongerToldOn != today)
        {
            _keptLongerToldOn = today;
            LogMessages.AuditKeptLonger(logger, kept.Count, AuditBreak.DateOf(kept.Min(day => day.Day)), AuditBreak.DateOf(today), keepDays);
        }
    }

    // Done or not: what was deleted is told, also while the program stops.
    private Task TellAsync(string action, Dictionary<string, JsonElement> changes) => log.AppendAsync(
        new AuditNote("audit_trail", "retention", action, changes).Record(s_source, $"Workers:Audit:RetentionDays is {keepDays}", clock.GetUtcNow()), CancellationToken.None);

    private static JsonElement Json<T>(T value) => JsonSerializer.SerializeToElement(value);
}
