using System.Globalization;

namespace Workers.Host.Logging;

/// <summary>
/// For people: <c>2026-01-31T12:00:00.000Z WARN  Command      What happened trace=0af7…</c>, and an error's stack on indented lines below.
/// </summary>
internal static class TextFormat
{
    public static void Write(TextWriter writer, LogEntry entry, bool colours)
    {
        writer.Write(entry.At.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z' ", CultureInfo.InvariantCulture));
        var colour = colours ? ColourOf(entry.Level) : null;
        writer.Write(colour);
        writer.Write(entry.LevelWord.PadRight(5));
        writer.Write(colour is null ? " " : "\e[0m ");
        writer.Write(entry.Category.PadRight(11));
        writer.Write(' ');
        writer.Write(entry.Message);
        if (entry.TraceId is { } trace && !entry.Message.Contains(trace, StringComparison.Ordinal))
        {
            writer.Write(" trace=");
            writer.Write(trace);
        }

        writer.Write('\n');
        if (entry.Error is not null)
        {
            foreach (var line in entry.Error.ToString().Split('\n'))
            {
                writer.Write("    ");
                writer.Write(line.TrimEnd());
                writer.Write('\n');
            }
        }
    }

    private static string? ColourOf(LogLevel level) => level switch
    {
        LogLevel.Warning => "\e[33m",
        LogLevel.Error or LogLevel.Critical => "\e[31m",
        LogLevel.Trace or LogLevel.Debug => "\e[2m",
        _ => null,
    };
}
