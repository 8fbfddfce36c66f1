using System.Runtime.InteropServices;
using System.Text.Json;

namespace Workers.MongoDb.Native;

/// <summary>Room for a <c>bson_t</c> that a call fills in, also when it fails: 128 bytes at a multiple of 128.</summary>
internal readonly unsafe ref struct BsonReply : IDisposable
{
    private const int Size = 128;

    // Empty as BSON_INITIALIZER has it (static and inline, 5 bytes), so that releasing it is right even if no call came.
    public BsonReply()
    {
        Handle = (nint)NativeMemory.AlignedAlloc(Size, Size);
        NativeMemory.Clear((void*)Handle, Size);
        *(uint*)Handle = 3;
        *((uint*)Handle + 1) = 5;
        *((byte*)Handle + 8) = 5;
    }

    public nint Handle { get; }

    public JsonElement Read() => Bson.Read(Handle);

    public void Dispose()
    {
        Mongoc.BsonDestroy(Handle);
        NativeMemory.AlignedFree((void*)Handle);
    }
}
