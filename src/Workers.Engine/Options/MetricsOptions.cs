using System.ComponentModel.DataAnnotations;

namespace Workers.Engine.Options;

/// <summary><c>Workers:Metrics</c>: figures of commands, which <c>/api/v1/commands/metrics</c> tells.</summary>
public sealed class MetricsOptions : IValidatableObject
{
    /// <summary>How long figures of minutes are kept. Default 7 days.</summary>
    [Range(typeof(TimeSpan), "01:00:00", "3650.00:00:00")]
    public TimeSpan MinuteRetention { get; set; } = TimeSpan.FromDays(7);

    /// <summary>How long figures of hours are kept. Default 400 days.</summary>
    [Range(typeof(TimeSpan), "01:00:00", "3650.00:00:00")]
    public TimeSpan HourRetention { get; set; } = TimeSpan.FromDays(400);

    /// <summary>Rules over both.</summary>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (HourRetention < MinuteRetention)
        {
            yield return new("Workers:Metrics:HourRetention must not be shorter than Workers:Metrics:MinuteRetention");
        }
    }
}
