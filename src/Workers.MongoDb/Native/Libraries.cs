using System.Runtime.InteropServices;
using Workers.Engine.Store;

namespace Workers.MongoDb.Native;

/// <summary>The two shared libraries. Loaded when the first store is opened, never before.</summary>
internal static class Libraries
{
    public const string Bson = "libbson-1.0.so.0";
    public const string Mongoc = "libmongoc-1.0.so.0";

    private static readonly Lazy<bool> Ready = new(Start);

    /// <exception cref="StoreOpenException">One of them is not installed.</exception>
    public static void Load()
    {
        Require(Bson);
        Require(Mongoc);
        _ = Ready.Value;
    }

    public static void Require(string name)
    {
        if (!NativeLibrary.TryLoad(name, typeof(Libraries).Assembly, null, out _))
        {
            throw new StoreOpenException($"MongoDB needs the shared library {name}, which is not here: install the Debian package libmongoc-1.0-0.");
        }
    }

    private static bool Start()
    {
        Native.Mongoc.Init();

        // It would write to the standard streams, and a warning about an option may quote the option's value.
        Native.Mongoc.SetLogHandler(0, 0);
        return true;
    }
}
