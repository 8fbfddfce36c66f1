using System.Text.Encodings.Web;
using System.Text.Json;

namespace Workers.Contracts.Json;

/// <summary>How JSON is written everywhere: compact UTF-8 in which every letter stands as itself; escaped is what JSON itself demands.</summary>
public static class JsonWriting
{
    /// <summary>What is written is ours and whole, so it is not validated once more.</summary>
    public static JsonWriterOptions Options { get; } = new() { SkipValidation = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>What <paramref name="write"/> writes of <paramref name="value"/>, as UTF-8.</summary>
    public static byte[] ToBytes<T>(T value, Action<T, Utf8JsonWriter> write)
    {
        using var scratch = JsonScratch.Rent();
        write(value, scratch.Writer);
        return scratch.Written.ToArray();
    }
}
