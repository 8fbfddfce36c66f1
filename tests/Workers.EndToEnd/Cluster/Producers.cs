using System.Text;
using System.Text.Json;
using Workers.EndToEnd.Running;

namespace Workers.EndToEnd.Cluster;

/// <summary>What another system puts on a topic.</summary>
/// <param name="Value">Null for a tombstone.</param>
internal sealed record Produced(string? Key, (string Name, string Value)[] Headers, string? Value);

/// <summary>Producers of other systems, as their users run them. Each sends in the order given.</summary>
internal static class Producers
{
    private const int MaxBytes = 4_000_000;

    /// <summary>The command-line producer of librdkafka (<c>WORKERS_TEST_KCAT</c>: the program).</summary>
    public static async Task KcatAsync(string kafka, string topic, IEnumerable<Produced> records)
    {
        var program = TestServers.Named("WORKERS_TEST_KCAT");
        foreach (var (key, headers, value) in records)
        {
            // A file is one record, whatever is in it; a tombstone is a line with nothing behind its key.
            using var directory = new DataDirectory();
            var file = Path.Combine(directory.FullName, "value");
            await File.WriteAllTextAsync(file, value);
            string[] how = value is null ? ["-Z", "-K", "\t"] : key is null ? [file] : ["-k", key, file];
            await Tool.RunAsync(
                program,
                ["-P", "-b", kafka, "-t", topic, "-X", $"message.max.bytes={MaxBytes}", .. headers.SelectMany(h => new[] { "-H", $"{h.Name}={h.Value}" }), .. how],
                value is null ? Encoding.UTF8.GetBytes($"{key}\t\n") : null);
        }
    }

    /// <summary>Kafka's own, in Java (<c>WORKERS_TEST_KAFKA_LIBS</c>: the directory of the distribution's jars).</summary>
    public static Task ConsoleProducerAsync(string kafka, string topic, IEnumerable<Produced> records)
    {
        const string none = "NULL";
        var libraries = TestServers.Named("WORKERS_TEST_KAFKA_LIBS");
        var lines = records.Select(r => $"{HeadersOf(r)}\t{r.Key ?? none}\t{r.Value ?? none}\n");
        return Tool.RunAsync(
            "java",
            [
                "-cp", $"{libraries}/*", "org.apache.kafka.tools.ConsoleProducer", "--bootstrap-server", kafka, "--topic", topic, "--sync",
                "--reader-property", "parse.headers=true", "--reader-property", "parse.key=true", "--reader-property", $"null.marker={none}",
                "--command-property", $"max.request.size={MaxBytes}",
            ],
            Encoding.UTF8.GetBytes(string.Concat(lines)));

        static string HeadersOf(Produced record) => record.Headers.Length == 0 ? none : string.Join(',', record.Headers.Select(h => $"{h.Name}:{h.Value}"));
    }

    /// <summary>Of Node (<c>WORKERS_TEST_KAFKAJS</c>: the directory <c>node</c> beside this project, after <c>npm ci</c>).</summary>
    public static Task KafkaJsAsync(string kafka, string topic, IEnumerable<Produced> records)
    {
        var script = Path.Combine(TestServers.Named("WORKERS_TEST_KAFKAJS"), "produce.js");
        var lines = records.Select(r => JsonSerializer.Serialize(new { topic, key = r.Key, headers = r.Headers.ToDictionary(h => h.Name, h => h.Value), value = r.Value }) + "\n");
        return Tool.RunAsync("node", [script, kafka], Encoding.UTF8.GetBytes(string.Concat(lines)));
    }
}
