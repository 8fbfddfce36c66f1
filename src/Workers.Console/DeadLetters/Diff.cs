using Workers.Pages.Markup;

namespace Workers.Pages.DeadLetters;

/// <summary>Two texts, line by line: what is gone, what is new, each with a sign and not by colour alone.</summary>
internal static class Diff
{
    private const int Most = 2_000;

    public static Html Of(string before, string after)
    {
        string[] a = before.Split('\n'), b = after.Split('\n');
        return a.Length > Most || b.Length > Most
            ? Html.Of($"<p>They are too long to be compared line by line.</p>")
            : before == after ? Html.Of($"<p>They are equal.</p>")
            : Html.Of($"""<pre class="diff" tabindex="0" role="region" aria-label="Differences">{Html.Join(Lines(a, b))}</pre>""");
    }

    private static IEnumerable<Html> Lines(string[] a, string[] b)
    {
        var common = Common(a, b);
        for (int i = 0, j = 0; i < a.Length || j < b.Length;)
        {
            if (i < a.Length && j < b.Length && a[i] == b[j])
            {
                yield return Html.Of($"  {a[i++]}\n");
                j++;
            }
            else if (j < b.Length && (i == a.Length || common[i, j + 1] > common[i + 1, j]))
            {
                yield return Html.Of($"<ins class=\"new\">+ {b[j++]}</ins>\n");
            }
            else
            {
                yield return Html.Of($"<del class=\"gone\">- {a[i++]}</del>\n");
            }
        }
    }

    // How many lines what follows has in common.
    private static int[,] Common(string[] a, string[] b)
    {
        var common = new int[a.Length + 1, b.Length + 1];
        for (var i = a.Length - 1; i >= 0; i--)
        {
            for (var j = b.Length - 1; j >= 0; j--)
            {
                common[i, j] = a[i] == b[j] ? common[i + 1, j + 1] + 1 : Math.Max(common[i + 1, j], common[i, j + 1]);
            }
        }

        return common;
    }
}
