using System.ComponentModel.DataAnnotations;

namespace Workers.Engine.Options;

/// <summary><c>Workers:Service</c>.</summary>
public sealed class ServiceOptions
{
    /// <summary>How <c>/health</c> and telemetry call the program. Default <c>command-service</c>.</summary>
    [Required]
    public string Name { get; set; } = "command-service";
}
