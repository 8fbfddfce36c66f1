using System.ComponentModel.DataAnnotations;

namespace Workers.Engine.Options;

/// <summary><c>Workers:Outcomes</c>.</summary>
public sealed class OutcomeOptions
{
    /// <summary>How long a command's outcome is kept, and so how long a caller's repeat is known. Default 30 days, at least <c>Log:Retention</c>.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "3650.00:00:00")]
    public TimeSpan Retention { get; set; } = TimeSpan.FromDays(30);
}
