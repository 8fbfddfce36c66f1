using System.Text;

namespace Workers.Host.Logging;

/// <summary>Lines on a stream, as text or as JSON.</summary>
internal sealed class ConsoleSink(Stream stream, bool json, bool colours) : ILineSink
{
    private readonly StreamWriter _text = new(stream, new UTF8Encoding(false)) { AutoFlush = false };
    private readonly JsonFormat _json = new();

    public void Write(LogEntry entry)
    {
        if (json)
        {
            stream.Write(_json.Line(entry));
        }
        else
        {
            TextFormat.Write(_text, entry, colours);
        }
    }

    public void Flush()
    {
        _text.Flush();
        stream.Flush();
    }

    public void Dispose() => _text.Dispose();
}
