using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Workers.MongoDb.Native;

/// <summary>A document of libbson, made of relaxed extended JSON; released with <see cref="Dispose"/>. The default is none.</summary>
internal readonly unsafe ref struct Bson : IDisposable
{
    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private Bson(nint handle) => Handle = handle;

    public nint Handle { get; }

    public static Bson Of(JsonObject? document)
    {
        if (document is null)
        {
            return default;
        }

        var buffer = new ArrayBufferWriter<byte>(512);
        using (var writer = new Utf8JsonWriter(buffer, Relaxed))
        {
            document.WriteTo(writer);
        }

        fixed (byte* json = buffer.WrittenSpan)
        {
            var handle = Mongoc.BsonFromJson(json, buffer.WrittenCount, out var error);
            return handle == 0 ? throw error.ToFailure(unreadable: true) : new Bson(handle);
        }
    }

    /// <summary>What any document holds; it is copied.</summary>
    public static JsonElement Read(nint document)
    {
        var json = Mongoc.BsonToJson(document, out var length);
        if (json == 0)
        {
            throw new MongoFailure(0, 0, "A document is not valid BSON");
        }

        try
        {
            return JsonElement.Parse(new ReadOnlySpan<byte>((void*)json, (int)length));
        }
        finally
        {
            Mongoc.BsonFree(json);
        }
    }

    public void Dispose()
    {
        if (Handle != 0)
        {
            Mongoc.BsonDestroy(Handle);
        }
    }
}
