using System.Buffers;
using System.Text.Json;
using Workers.Contracts.Json;

namespace Workers.Contracts.Reading;

/// <summary>A buffer a thread: a request is written into it and read again without leaving the thread.</summary>
internal sealed class Scratch
{
    private const int Kept = 64 * 1024;

    [ThreadStatic]
    private static Scratch? t_scratch;

    private ArrayBufferWriter<byte> _buffer = new(1024);

    private Scratch() => Writer = new Utf8JsonWriter(_buffer, JsonWriting.Options);

    public static Scratch OfThread => t_scratch ??= new Scratch();

    private Utf8JsonWriter Writer { get; }

    /// <summary>Forgets what was written before, also by a request that ended in an exception.</summary>
    public Utf8JsonWriter Begin()
    {
        if (_buffer.Capacity > Kept)
        {
            _buffer = new(1024);
        }

        _buffer.ResetWrittenCount();
        Writer.Reset(_buffer);
        return Writer;
    }

    /// <summary>What was written; good until the thread begins again.</summary>
    public ReadOnlySpan<byte> Finish()
    {
        Writer.Flush();
        return _buffer.WrittenSpan;
    }
}
