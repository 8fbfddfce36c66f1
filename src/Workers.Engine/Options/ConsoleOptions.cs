using System.ComponentModel.DataAnnotations;

namespace Workers.Engine.Options;

/// <summary><c>Workers:Console</c>.</summary>
public sealed class ConsoleOptions : IValidatableObject
{
    private const string Id = "{trace_id}";

    /// <summary>Where a command's trace is looked at: an http or https address with <c>{trace_id}</c> in it. Empty by default: the id alone is shown.</summary>
    public string TraceUrl { get; set; } = "";

    /// <summary>The address of a trace; null where none is configured.</summary>
    public string? TraceOf(string id) => TraceUrl.Length == 0 ? null : TraceUrl.Replace(Id, Uri.EscapeDataString(id), StringComparison.Ordinal);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (TraceUrl.Length > 0 && !(TraceUrl.Contains(Id, StringComparison.Ordinal) && Uri.TryCreate(TraceOf("0"), UriKind.Absolute, out var url) && url.Scheme is "http" or "https"))
        {
            yield return new($"Workers:Console:TraceUrl must be an http or https address with {Id} in it, such as https://tempo.example.com/trace/{Id}, not '{TraceUrl}'");
        }
    }
}
