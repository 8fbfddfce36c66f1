using System.Text;
using Workers.Contracts;

namespace Workers.Sqlite.State;

/// <summary>The platform's own topic names as the constants they are, so that a row read needs no string of its own.</summary>
internal static class TopicNames
{
    private static readonly (byte[] Utf8, string Name)[] Known = [.. Topics.All.Select(name => (Encoding.UTF8.GetBytes(name), name))];

    public static string Intern(ReadOnlySpan<byte> utf8)
    {
        foreach (var (bytes, name) in Known)
        {
            if (utf8.SequenceEqual(bytes))
            {
                return name;
            }
        }

        return Encoding.UTF8.GetString(utf8);
    }
}
