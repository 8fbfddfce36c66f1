using System.Text;
using OpenTelemetry.Metrics;

namespace Workers.Telemetry.Prometheus;

/// <summary>What an instrument is called in a scrape: dots are underscores, the unit comes behind the name, and counters end in <c>_total</c>.</summary>
/// <param name="Family">The name without <c>_total</c>.</param>
/// <param name="Type">counter, gauge or histogram.</param>
/// <param name="Unit">seconds, bytes, …; null for none.</param>
internal sealed record MetricName(string Family, string Type, string? Unit)
{
    /// <summary>What the runtime calls a counter and what goes down all the same: rates of it would be wrong.</summary>
    private const string ThreadPoolQueue = "dotnet.thread_pool.queue.length";

    /// <summary>The name of a counter's or gauge's sample.</summary>
    public string Sample { get; } = Type == "counter" ? Family + "_total" : Family;

    public static MetricName Of(Metric metric)
    {
        var type = metric.MetricType switch
        {
            MetricType.LongSum or MetricType.DoubleSum when metric.Name != ThreadPoolQueue => "counter",
            MetricType.Histogram => "histogram",
            _ => "gauge",
        };
        var unit = metric.Unit switch
        {
            "s" => "seconds",
            "ms" => "milliseconds",
            "By" => "bytes",
            "%" => "percent",
            "1" when type == "gauge" => "ratio",
            _ => null,
        };
        var family = Clean(metric.Name);
        family = type == "counter" && family.EndsWith("_total", StringComparison.Ordinal) ? family[..^"_total".Length] : family;
        family = unit is null || family.EndsWith("_" + unit, StringComparison.Ordinal) ? family : $"{family}_{unit}";
        return new MetricName(family, type, unit);
    }

    /// <summary>A label's name: letters, digits and underscores.</summary>
    public static string Clean(string name)
    {
        var clean = new StringBuilder(name.Length);
        foreach (var letter in name)
        {
            clean.Append(char.IsAsciiLetterOrDigit(letter) ? letter : '_');
        }

        return char.IsAsciiDigit(clean[0]) ? "_" + clean : clean.ToString();
    }
}
