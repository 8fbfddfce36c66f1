namespace Workers.EndToEnd.Operations;

/// <summary>The checkout that these tests were built from.</summary>
internal static class Checkout
{
    public static string Root { get; } = Find();

    public static string At(string path) => Path.Combine(Root, path);

    public static IReadOnlyList<string> Files(string folder, string pattern) => [.. Directory.GetFiles(At(folder), pattern).Order(StringComparer.Ordinal)];

    private static string Find()
    {
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            if (File.Exists(Path.Combine(at.FullName, "Workers.sln")))
            {
                return at.FullName;
            }
        }

        throw new DirectoryNotFoundException($"No Workers.sln above {AppContext.BaseDirectory}");
    }
}
