using System.Runtime.InteropServices;

namespace Workers.MongoDb.Native;

/// <summary>libbson's <c>bson_error_t</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct BsonError
{
    private const int Size = 504;

    public uint Domain;
    public uint Code;
    private fixed byte _message[Size];

    public readonly MongoFailure ToFailure(bool unreadable = false)
    {
        fixed (byte* message = _message)
        {
            return new MongoFailure((int)Domain, (int)Code, Marshal.PtrToStringUTF8((nint)message)!) { IsUnreadable = unreadable };
        }
    }
}
