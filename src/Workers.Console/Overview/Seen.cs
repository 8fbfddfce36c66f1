using Workers.Pages.Frames;
using Workers.Pages.Inward;
using Workers.Pages.Markup;

namespace Workers.Pages.Overview;

/// <summary>What the overview is made of, asked for at once. Each list is asked for up to a bound: a million commands do not slow it.</summary>
internal sealed record Seen(Answer Health, Json Metrics, List<Json> Groups, List<Json> Flows, List<Json> Workers, List<Json> Schedules, List<Json> Partitions, List<Json> Circuits)
{
    private const int Most = 200;
    private const int LastFailures = 5;

    public bool IsEmpty { get; private init; }

    public long DeadLetters { get; private init; }

    /// <summary>Commands that a rule has refused or that were given up, the newest first.</summary>
    public List<Json> Failures { get; private init; } = [];

    /// <summary>How many wait or run, as the API counts them.</summary>
    public string Waiting { get; private init; } = "0";

    /// <summary>When the oldest that waits was accepted; null where none is found.</summary>
    public DateTimeOffset? Oldest { get; private init; }

    public DateTimeOffset? NextFire => Next?["next_fire_at"].Time;

    public string NextSchedule => Next?["schedule_id"].Text ?? "";

    private Json? Next => Schedules.Where(one => one["next_fire_at"].Time is not null && one["state"].Text != "PAUSED").Select(one => (Json?)one).MinBy(one => one!.Value["next_fire_at"].Time);

    public static async Task<Seen> LookAsync(Visit visit)
    {
        var from = Words.Iso(visit.Now.AddMinutes(-60));
        var (health, metrics, groups, letters, stuck, review) = (visit.AskAsync("/health/ready"), visit.ReadAsync(Visit.With("metrics", ("from", from), ("step", "1m"))),
            visit.ReadAsync("dead-letters/groups"), visit.ReadAsync("dead-letters?limit=1"), visit.ReadAsync("sagas?state=Stuck&limit=100"), visit.ReadAsync("sagas?state=ManualReview&limit=100"));
        var (workers, schedules, partitions, circuits, queue, commands) = (visit.ReadAsync("workers"), visit.ReadAsync($"scheduled?limit={Most}"), visit.ReadAsync("partitions"),
            visit.ReadAsync("circuit-breaker/status"), visit.ReadAsync(OldestWaiting.Query("")), visit.ReadAsync("?limit=1"));
        var (refused, dead) = (visit.ReadAsync($"?state=FAILED&limit={LastFailures}"), visit.ReadAsync($"?state=DEAD_LETTERED&limit={LastFailures}"));
        var waiting = await queue;
        return new Seen(
            await health, await metrics, [.. (await groups)["items"].Items], [.. (await stuck)["items"].Items, .. (await review)["items"].Items], [.. (await workers)["items"].Items],
            [.. (await schedules)["items"].Items], [.. (await partitions)["items"].Items], [.. (await circuits)["breakers"].Items])
        {
            IsEmpty = !(await commands)["items"].Items.Any(),
            DeadLetters = (await letters)["total"].Number,
            Failures = [.. (await refused)["items"].Items.Concat((await dead)["items"].Items).OrderByDescending(one => one["submitted_at"].Time).Take(LastFailures)],
            Waiting = Commands.CommandsPage.CountOf(waiting),
            Oldest = OldestWaiting.IsOpen(waiting) ? OldestWaiting.In(await visit.ReadAsync(OldestWaiting.Queue), "") : OldestWaiting.Of(waiting),
        };
    }
}
