using System.Reflection;
using System.Runtime.InteropServices;
using Confluent.Kafka;
using Workers.Engine.Store;

namespace Workers.Kafka;

/// <summary>librdkafka as the distribution packages it; loaded when the log is opened, so that other shapes need no native library.</summary>
internal static class NativeClient
{
    private const string File = "librdkafka.so.1";
    private static readonly Lock Gate = new();
    private static bool s_loaded;

    public static void Load()
    {
        lock (Gate)
        {
            if (s_loaded)
            {
                return;
            }

            if (!NativeLibrary.TryLoad(File, out _))
            {
                throw new StoreOpenException($"The log on Kafka needs {File}, which is not installed: install the Debian package librdkafka1.");
            }

            NativeLibrary.SetDllImportResolver(typeof(Library).Assembly, Resolve);
            s_loaded = true;
        }
    }

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path) =>
        name == "librdkafka" && NativeLibrary.TryLoad(File, out var handle) ? handle : 0;
}
