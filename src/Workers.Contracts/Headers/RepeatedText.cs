using System.Text;

namespace Workers.Contracts.Headers;

/// <summary>
/// Texts that stand in nearly every record (names of types, doors, entities), so that reading one again makes no new string. A bounded table in which a text takes the place
/// of another with the same hash; whoever races gets an equal string.
/// </summary>
internal static class RepeatedText
{
    private const int Places = 512;
    private const int Longest = 64;
    private static readonly string?[] s_known = new string?[Places];

    public static string Of(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length > Longest)
        {
            return Encoding.UTF8.GetString(utf8);
        }

        var hash = (uint)utf8.Length;
        foreach (var one in utf8)
        {
            hash = (hash ^ one) * 16_777_619;
        }

        ref var place = ref s_known[hash % Places];
        var known = place;
        return known is not null && Ascii.Equals(utf8, known) ? known : place = Encoding.UTF8.GetString(utf8);
    }
}
