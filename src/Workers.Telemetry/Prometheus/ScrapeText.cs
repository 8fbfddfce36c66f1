using System.Globalization;
using System.Text;
using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace Workers.Telemetry.Prometheus;

/// <summary>
/// Writes metrics as Prometheus reads them: text format 0.0.4, or OpenMetrics 1.0 with exemplars. Shapes: prometheus.io/docs/instrumenting/exposition_formats and the
/// OpenMetrics specification.
/// </summary>
internal sealed class ScrapeText(bool openMetrics)
{
    private readonly StringBuilder _text = new(16 * 1024);

    public void Write(in Batch<Metric> metrics)
    {
        // One family stands together, also where two meters have an instrument of that name.
        foreach (var family in Group(metrics))
        {
            var (name, first) = (MetricName.Of(family[0]), family[0]);
            var head = openMetrics ? name.Family : name.Sample;
            _text.Append("# HELP ").Append(head).Append(' ').Append(Escape(first.Description, quoted: false)).Append('\n');
            _text.Append("# TYPE ").Append(head).Append(' ').Append(name.Type).Append('\n');
            if (openMetrics && name.Unit is not null)
            {
                _text.Append("# UNIT ").Append(head).Append(' ').Append(name.Unit).Append('\n');
            }

            foreach (var metric in family)
            {
                foreach (ref readonly var point in metric.GetMetricPoints())
                {
                    Write(name, metric.MetricType, point);
                }
            }
        }
    }

    public void Info(string family, string help, IEnumerable<KeyValuePair<string, object>> labels)
    {
        _text.Append("# HELP ").Append(family).Append(openMetrics ? " " : "_info ").Append(help).Append('\n')
            .Append("# TYPE ").Append(family).Append(openMetrics ? " info\n" : "_info gauge\n")
            .Append(family).Append("_info{").AppendJoin(',', labels.Select(label => Label(label.Key, label.Value))).Append("} 1\n");
    }

    public byte[] End() => Encoding.UTF8.GetBytes((openMetrics ? _text.Append("# EOF\n") : _text).ToString());

    private static List<List<Metric>> Group(in Batch<Metric> metrics)
    {
        var families = new List<List<Metric>>();
        var places = new Dictionary<(string, string), int>();
        foreach (var metric in metrics)
        {
            var name = MetricName.Of(metric);
            if (places.TryGetValue((name.Family, name.Type), out var place))
            {
                families[place].Add(metric);
            }
            else
            {
                places.Add((name.Family, name.Type), families.Count);
                families.Add([metric]);
            }
        }

        return families;
    }

    private void Write(MetricName name, MetricType type, in MetricPoint point)
    {
        var labels = Labels(point.Tags);
        if (type != MetricType.Histogram)
        {
            var value = type switch
            {
                MetricType.LongSum or MetricType.LongSumNonMonotonic => point.GetSumLong(),
                MetricType.DoubleSum or MetricType.DoubleSumNonMonotonic => point.GetSumDouble(),
                MetricType.LongGauge => point.GetGaugeLastValueLong(),
                _ => point.GetGaugeLastValueDouble(),
            };
            Sample(name.Sample, labels, value);
            _text.Append('\n');
            return;
        }

        var exemplars = Exemplars(point);
        var (count, lower) = (0L, double.NegativeInfinity);
        foreach (var bucket in point.GetHistogramBuckets())
        {
            count += bucket.BucketCount;
            var bound = double.IsPositiveInfinity(bucket.ExplicitBound) ? "+Inf" : Text(bucket.ExplicitBound, openMetrics);
            Sample(name.Family + "_bucket", labels.Length == 0 ? $"le=\"{bound}\"" : $"{labels},le=\"{bound}\"", count);
            Exemplar(exemplars, lower, bucket.ExplicitBound);
            lower = bucket.ExplicitBound;
            _text.Append('\n');
        }

        Sample(name.Family + "_sum", labels, point.GetHistogramSum());
        _text.Append('\n');
        Sample(name.Family + "_count", labels, point.GetHistogramCount());
        _text.Append('\n');
    }

    private void Sample(string name, string labels, double value)
    {
        _text.Append(name);
        if (labels.Length > 0)
        {
            _text.Append('{').Append(labels).Append('}');
        }

        _text.Append(' ').Append(Text(value, whole: false));
    }

    private List<Exemplar> Exemplars(in MetricPoint point)
    {
        var found = new List<Exemplar>();
        if (openMetrics && point.TryGetExemplars(out var exemplars))
        {
            foreach (ref readonly var exemplar in exemplars)
            {
                found.Add(exemplar);
            }
        }

        return found;
    }

    private void Exemplar(List<Exemplar> exemplars, double above, double upTo)
    {
        foreach (var exemplar in exemplars)
        {
            if (exemplar.DoubleValue > above && exemplar.DoubleValue <= upTo && exemplar.TraceId != default)
            {
                _text.Append(CultureInfo.InvariantCulture, $" # {{trace_id=\"{exemplar.TraceId}\",span_id=\"{exemplar.SpanId}\"}} ")
                    .Append(Text(exemplar.DoubleValue, whole: false))
                    .Append(CultureInfo.InvariantCulture, $" {exemplar.Timestamp.ToUnixTimeMilliseconds() / 1000m:0.000}");
                return;
            }
        }
    }

    private static string Labels(ReadOnlyTagCollection tags)
    {
        var labels = new StringBuilder();
        foreach (var (key, value) in tags)
        {
            labels.Append(labels.Length == 0 ? "" : ",").Append(Label(key, value));
        }

        return labels.ToString();
    }

    private static string Label(string name, object? value) =>
        $"{MetricName.Clean(name)}=\"{Escape(Convert.ToString(value, CultureInfo.InvariantCulture) ?? "", quoted: true)}\"";

    private static string Escape(string text, bool quoted)
    {
        var escaped = text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
        return quoted ? escaped.Replace("\"", "\\\"", StringComparison.Ordinal) : escaped;
    }

    // OpenMetrics wants a bound that is whole as 1.0.
    private static string Text(double value, bool whole) => value switch
    {
        double.PositiveInfinity => "+Inf",
        double.NegativeInfinity => "-Inf",
        double.NaN => "NaN",
        _ => value.ToString(whole && value == Math.Floor(value) ? "0.0" : "R", CultureInfo.InvariantCulture),
    };
}
