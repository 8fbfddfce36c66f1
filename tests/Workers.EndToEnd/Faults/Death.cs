using System.Globalization;

namespace Workers.EndToEnd.Faults;

/// <summary>When a point is come by.</summary>
internal enum Moment
{
    /// <summary>When the program starts.</summary>
    Start,

    /// <summary>While callers are at it.</summary>
    Work,

    /// <summary>When it was told to stop.</summary>
    Stop,
}

/// <summary>At which point the program dies, at which hit of it, and how long after it, as a seed draws it.</summary>
internal readonly record struct Death(int Seed, string Point, Moment Moment, int Hit, int AfterMs)
{
    /// <summary>By which a program is told <see cref="At"/>.</summary>
    public const string FailAt = "WORKERS_FAIL_AT";

    private const int HeldMs = 40;

    /// <summary>The points of the embedded shape. Hits are drawn up to <c>Hits</c>: each comes within seconds.</summary>
    private static readonly (string Point, Moment Moment, int Hits)[] s_embedded =
    [
        ("open-before-commit", Moment.Start, 2),
        ("open-after-commit", Moment.Start, 2),
        ("pump-after-take", Moment.Start, 12),
        ("door-before-append", Moment.Work, 8),
        ("door-before-accepted", Moment.Work, 8),
        ("door-after-accepted", Moment.Work, 8),
        ("door-before-wait", Moment.Work, 5),
        ("door-before-answer", Moment.Work, 5),
        ("sqlite-after-append", Moment.Work, 20),
        ("sqlite-before-commit", Moment.Work, 60),
        ("sqlite-after-commit", Moment.Work, 60),
        ("pump-before-execute", Moment.Work, 20),
        ("pump-before-flush", Moment.Work, 20),
        ("pump-after-flush", Moment.Work, 20),
        ("effect-before-call", Moment.Work, 6),
        ("effect-after-call", Moment.Work, 6),
        ("follow-before-write", Moment.Work, 20),
        ("follow-after-write", Moment.Work, 20),
        ("timer-before-send", Moment.Work, 2),
        ("timer-after-send", Moment.Work, 2),
        ("schedule-before-append", Moment.Work, 2),
        ("schedule-after-append", Moment.Work, 2),
        ("schedule-after-next", Moment.Work, 2),
        ("pump-before-release", Moment.Stop, 10),
        ("close-before-checkpoint", Moment.Stop, 2),
        ("close-after-checkpoint", Moment.Stop, 2),
    ];

    /// <summary>What a cluster has besides, each with the process that comes by it.</summary>
    private static readonly (string Point, string Process, int Hits)[] s_cluster =
    [
        ("kafka-after-produce", "api,projections,audit", 8),
        ("kafka-after-acknowledge", "api,projections,audit", 8),
        ("kafka-before-commit", "api,projections,audit", 2),
        ("kafka-after-commit", "api,projections,audit", 2),
        ("mysql-before-commit", "commands,sagas", 30),
        ("mysql-after-commit", "commands,sagas", 30),
        ("relay-before-send", "commands,sagas", 10),
        ("relay-after-send", "commands,sagas", 10),
        ("relay-before-mark", "commands,sagas", 10),
        ("relay-after-mark", "commands,sagas", 4),
        ("feed-before-position", "effects,feeds", 4),
    ];

    public static IEnumerable<string> EmbeddedPoints => s_embedded.Select(one => one.Point);

    public static IEnumerable<string> ClusterPoints => s_cluster.Select(one => one.Point);

    /// <summary>As the program is told.</summary>
    public string At => string.Create(CultureInfo.InvariantCulture, $"{Point}:{Hit}:{AfterMs}");

    /// <summary>Seeds that follow each other come by all points; which hit it is, is chance.</summary>
    public static Death Embedded(int seed)
    {
        var (point, moment, hits) = s_embedded[Place(seed, s_embedded.Length)];
        return Draw(seed, point, moment, hits);
    }

    /// <summary>The same of a cluster, and which process dies.</summary>
    public static (Death Death, string Process) Cluster(int seed)
    {
        var (point, process, hits) = s_cluster[Place(seed, s_cluster.Length)];
        return (Draw(seed, point, Moment.Work, hits), process);
    }

    // At once, or with the point's own thread held: what the others do too early is then seen from outside.
    private static Death Draw(int seed, string point, Moment moment, int hits)
    {
        var random = new Random(seed);
        return new Death(seed, point, moment, random.Next(hits) + 1, random.Next(2) * HeldMs);
    }

    // Neighbours in the list do not follow each other: 7 has no divisor in common with either length.
    private static int Place(int seed, int points) => (int)((long)seed * 7 % points);
}
