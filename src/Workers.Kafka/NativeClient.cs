using System.Reflection;
using System.Runtime.InteropServices;
using Confluent.Kafka;
using Workers.Engine.Store;

namespace Workers.Kafka;

/// <summary>librdkafka as the distribution packages it; loaded when the log is opened, so that other shapes need no native library.</summary>
internal static class NativeClient
{
    private const string File = "librdkafka.so.1";
    private const int FirstWithScram = 0x02060100;
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

    /// <summary>
    /// What to do where brokers refuse us. Older clients say their nonce twice in SCRAM, which brokers from 4.0 on (and 3.7.2, 3.8.1) take for a wrong password
    /// (librdkafka's issue 4895).
    /// </summary>
    public static string RemedyOf(KafkaOptions options) =>
        options.HasSasl && options.SaslMechanism.StartsWith("SCRAM", StringComparison.Ordinal) && Library.Version < FirstWithScram
            ? $"correct Workers:Kafka:SaslUsername and SaslPassword; where they are right, brokers from 4.0 on take SCRAM only from librdkafka 2.6.1, "
                + $"and this is {Library.VersionString}: install a newer one, or use PLAIN with sasl_ssl."
            : $"correct Workers:Kafka:SecurityProtocol, {(options.HasSasl ? "SaslMechanism, SaslUsername, SaslPassword" : "SslCaLocation")} or the brokers' listener.";

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path) =>
        name == "librdkafka" && NativeLibrary.TryLoad(File, out var handle) ? handle : 0;
}
