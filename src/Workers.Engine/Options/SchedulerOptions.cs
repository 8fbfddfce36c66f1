using System.ComponentModel.DataAnnotations;

namespace Workers.Engine.Options;

/// <summary>Schedules (<c>Workers:Scheduler</c>).</summary>
public sealed class SchedulerOptions
{
    /// <summary>Schedules as code, applied at start: a file of JSON; empty for none. Default empty.</summary>
    public string File { get; set; } = "";

    /// <summary>A time that is come to later than this was missed, and its schedule's misfire policy says what becomes of it. Default 60 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan MisfireThreshold { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>So many of a schedule's last runs are kept. Default 100.</summary>
    [Range(1, 1_000)]
    public int Runs { get; set; } = 100;

    /// <summary>How often a scheduler tells the others in the cluster that it is there, and looks whether one is not. Default 5 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:01:00")]
    public TimeSpan CheckIn { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How often every schedule is compared with the time at which it is to fire next. Default 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan Look { get; set; } = TimeSpan.FromSeconds(10);
}
