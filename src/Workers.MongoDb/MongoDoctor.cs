using System.Text.Json.Nodes;
using Workers.Engine.Health;
using Workers.Engine.Store;

namespace Workers.MongoDb;

/// <summary>Looks at the server and whether the account may write; changes nothing but a document of its own, which it takes out again.</summary>
public static class MongoDoctor
{
    private const string Probe = "doctor";

    /// <exception cref="StoreOpenException">The library is missing, or the connection string is none.</exception>
    public static IReadOnlyList<Finding> Look(MongoDbOptions options, TimeProvider time)
    {
        try
        {
            return MongoOnce.Run(options, client => Look(client, time));
        }
        catch (StoreUnavailableException error)
        {
            var refused = error.Message.Contains("uthent", StringComparison.Ordinal) || error.Message.Contains("not authorized", StringComparison.Ordinal);
            return
            [
                Finding.Bad("mongodb", error.Message, refused
                    ? "Check user, password and authSource in Workers:MongoDb:ConnectionString."
                    : "Start it, or correct Workers:MongoDb:ConnectionString: until then lists and the audit trail stand still, commands go on."),
            ];
        }
    }

    private static List<Finding> Look(MongoClient client, TimeProvider time)
    {
        var version = client.Command(new JsonObject { ["buildInfo"] = 1 }).Text("version");
        var found = new List<Finding> { Finding.Good("mongodb", $"answers, {version}") };
        var before = time.GetUtcNow().ToUnixTimeMilliseconds();
        var hello = client.Command(new JsonObject { ["hello"] = 1 });
        if (hello.TryGetProperty("localTime", out var local) && Ms(local) is { } its)
        {
            found.Add(Finding.Clock("mongodb", its, before, time.GetUtcNow().ToUnixTimeMilliseconds()));
        }

        found.Add(Write(client));
        return found;
    }

    // Relaxed JSON has times as text, as far as the year 9999.
    private static long? Ms(System.Text.Json.JsonElement date) =>
        date.TryGetProperty("$date", out var text) && text.ValueKind == System.Text.Json.JsonValueKind.String && text.TryGetDateTimeOffset(out var at)
            ? at.ToUnixTimeMilliseconds()
            : null;

    private static Finding Write(MongoClient client)
    {
        var document = new JsonObject { ["_id"] = $"probe-{Environment.MachineName}-{Environment.ProcessId}" };
        try
        {
            client.Write(Probe, [MongoWrite.Insert((JsonObject)document.DeepClone())]);
            Documents.Delete(client, Probe, document);
            return Finding.Good("mongodb writes", "the account may write");
        }
        catch (Native.MongoFailure failure)
        {
            return Finding.Bad("mongodb writes", $"the account may not write: {failure.Message}", "Give it the role readWrite on the database.");
        }
    }
}
