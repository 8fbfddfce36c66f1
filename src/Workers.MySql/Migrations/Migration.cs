using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Workers.MySql.Migrations;

/// <summary>A numbered script, applied once. A script may be run again from its start, since the server commits each statement by itself.</summary>
/// <param name="Name">File name: <c>001_state.sql</c>.</param>
internal sealed record Migration(int Number, string Name, string Sql)
{
    public string Hash => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Sql)));

    /// <summary>In order.</summary>
    public static IReadOnlyList<Migration> All { get; } = [.. Load().OrderBy(m => m.Number)];

    private static IEnumerable<Migration> Load()
    {
        const string Prefix = "Workers.MySql.Migrations.";
        var assembly = typeof(Migration).Assembly;
        foreach (var resource in assembly.GetManifestResourceNames().Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
            var name = resource[Prefix.Length..];
            yield return new Migration(int.Parse(name.AsSpan(0, 3), CultureInfo.InvariantCulture), name, reader.ReadToEnd().ReplaceLineEndings("\n"));
        }
    }
}
