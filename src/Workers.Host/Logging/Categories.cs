namespace Workers.Host.Logging;

/// <summary>The word a line is filed under. Executing commands is <c>Command</c> and keeping data <c>Repository</c>, whatever the classes are called.</summary>
internal static class Categories
{
    public const string Framework = "Framework";

    private static readonly (string Prefix, string Word)[] Words =
    [
        ("Workers.Engine.Store", "Repository"),
        ("Workers.Engine.Log", "Repository"),
        ("Workers.Engine", "Command"),
        ("Workers.Handlers", "Command"),
        ("Workers.Domain", "Command"),
        ("Workers.Bus", "Command"),
        ("Workers.Sqlite", "Repository"),
        ("Workers.MySql", "Repository"),
        ("Workers.MongoDb", "Repository"),
        ("Workers.Redis", "Repository"),
        ("Workers.Api", "Http"),
        ("Workers.Host", "Host"),
        ("Microsoft", Framework),
        ("System", Framework),
        ("MassTransit", "MassTransit"),
    ];

    public static string WordOf(string category)
    {
        foreach (var (prefix, word) in Words)
        {
            if (category.StartsWith(prefix, StringComparison.Ordinal) && (category.Length == prefix.Length || category[prefix.Length] == '.'))
            {
                return word;
            }
        }

        return category[(category.LastIndexOf('.') + 1)..];
    }
}
