using System.Text.Json;

namespace Workers.Engine.Metrics;

/// <summary>Figures as every answer and every snapshot shows them; times in milliseconds.</summary>
public static class FiguresJson
{
    /// <summary>The members, in an object that is begun.</summary>
    public static void Write(Utf8JsonWriter writer, CommandFigures figures)
    {
        writer.WriteNumber("total"u8, figures.Total);
        writer.WriteNumber("succeeded"u8, figures.Succeeded);
        writer.WriteNumber("failed"u8, figures.Failed + figures.DeadLettered);
        writer.WriteNumber("dead_lettered"u8, figures.DeadLettered);
        writer.WriteNumber("cancelled"u8, figures.Cancelled);
        writer.WriteNumber("undone"u8, figures.Undone);
        writer.WriteNumber("retried"u8, figures.Retried);
        writer.WriteNumber("retries"u8, figures.Retries);
        Write(writer, "queue_ms", figures.Queue);
        Write(writer, "run_ms", figures.Run);
    }

    private static void Write(Utf8JsonWriter writer, string name, Histogram times)
    {
        writer.WriteStartObject(name);
        writer.WriteNumber("p50"u8, Ms(times.Quantile(0.50)));
        writer.WriteNumber("p95"u8, Ms(times.Quantile(0.95)));
        writer.WriteNumber("p99"u8, Ms(times.Quantile(0.99)));
        writer.WriteEndObject();
    }

    private static decimal Ms(long microseconds) => microseconds / 1_000m;
}
