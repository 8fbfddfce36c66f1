using System.Text.RegularExpressions;
using Workers.EndToEnd.Running;

namespace Workers.EndToEnd.Operations;

/// <summary>What the program tells Prometheus: the names of samples, each with the labels that some of it has.</summary>
internal static partial class Scrape
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Scrapes until all of these are there, or for a minute.</summary>
    public static async Task<IReadOnlyDictionary<string, HashSet<string>>> UntilAsync(ApiClient api, IReadOnlyCollection<string> names)
    {
        using var timer = new PeriodicTimer(Look);
        using var enough = new CancellationTokenSource(Patience);
        while (true)
        {
            var found = Samples((await api.GetAsync("/metrics")).Content);
            if (names.All(found.ContainsKey))
            {
                return found;
            }

            try
            {
                await timer.WaitForNextTickAsync(enough.Token);
            }
            catch (OperationCanceledException)
            {
                return found;
            }
        }
    }

    private static Dictionary<string, HashSet<string>> Samples(string text)
    {
        var samples = new Dictionary<string, HashSet<string>>();
        foreach (Match line in Sample().Matches(text))
        {
            var labels = samples.TryGetValue(line.Groups["name"].Value, out var known) ? known : samples[line.Groups["name"].Value] = [];
            labels.UnionWith(Label().Matches(line.Groups["labels"].Value).Select(label => label.Groups[1].Value));
        }

        return samples;
    }

    [GeneratedRegex("""^(?<name>[a-zA-Z_:][\w:]*)(?:\{(?<labels>.*)\})? [^ ]+$""", RegexOptions.Multiline)]
    private static partial Regex Sample();

    [GeneratedRegex("""(\w+)="(?:[^"\\]|\\.)*",?""")]
    private static partial Regex Label();
}
