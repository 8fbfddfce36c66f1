using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Workers.Api.Http;

/// <summary>Opaque cursors of lists that go on from a time and an id.</summary>
internal static class Cursors
{
    public static string Of(long ms, string id) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{ms}:{id}")));

    /// <exception cref="ProblemException">It is none of ours.</exception>
    public static (long Ms, string Id)? Read(string? cursor)
    {
        if (cursor is null)
        {
            return null;
        }

        try
        {
            var text = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(cursor));
            var colon = text.IndexOf(':', StringComparison.Ordinal);
            if (colon > 0 && long.TryParse(text.AsSpan(0, colon), NumberStyles.None, CultureInfo.InvariantCulture, out var ms))
            {
                return (ms, text[(colon + 1)..]);
            }
        }
        catch (FormatException)
        {
            throw Bad();
        }

        throw Bad();
    }

    private static ProblemException Bad() => ListQuery.Bad("cursor", "cursor must be the next_cursor of an answer");
}
