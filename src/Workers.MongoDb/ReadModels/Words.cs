using System.Text;

namespace Workers.MongoDb.ReadModels;

/// <summary>The words of a text as they are searched: letters and digits in lower case without diacritics.</summary>
internal static class Words
{
    // U+00C0 to U+017F, a base letter each. A program without ICU does not decompose text; letters that do not decompose (ø, ß, ł, …) stay.
    private const string Latin =
        "AAAAAAÆCEEEEIIIIÐNOOOOO×ØUUUUYÞßaaaaaaæceeeeiiiiðnooooo÷øuuuuyþy" +
        "AaAaAaCcCcCcCcDdĐđEeEeEeEeEeGgGgGgGgHhĦħIiIiIiIiIıĲĳJjKkĸLlLlLlĿŀŁłNnNnNnŉŊŋOoOoOoŒœRrRrRrSsSsSsSsTtTtŦŧUuUuUuUuUuUuWwYyYZzZzZzſ";

    public static IReadOnlyList<string> Of(string text)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.Value is >= 0x300 and <= 0x36f)
            {
                continue;
            }

            if (Rune.IsLetterOrDigit(rune))
            {
                word.Append(Rune.ToLowerInvariant(Plain(rune)).ToString());
            }
            else if (word.Length > 0)
            {
                words.Add(word.ToString());
                word.Clear();
            }
        }

        if (word.Length > 0)
        {
            words.Add(word.ToString());
        }

        return words;
    }

    private static Rune Plain(Rune rune) => rune.Value is >= 0xc0 and <= 0x17f ? new Rune(Latin[rune.Value - 0xc0]) : rune;
}
