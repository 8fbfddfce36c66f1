using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Workers.Engine.Projections;

/// <summary>Where a list goes on: the sort value and id of the last item, opaque to callers. What cannot be read begins at the beginning.</summary>
public static class ListCursor
{
    public static string Write(long sort, string id) =>
        Base64Url.EncodeToString(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{sort}/{id}")));

    public static (long Sort, string Id)? Read(string? cursor)
    {
        if (string.IsNullOrEmpty(cursor) || !Base64Url.IsValid(cursor))
        {
            return null;
        }

        var text = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(cursor));
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        return slash > 0 && long.TryParse(text.AsSpan(0, slash), CultureInfo.InvariantCulture, out var sort) ? (sort, text[(slash + 1)..]) : null;
    }
}
