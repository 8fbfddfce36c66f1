using System.Collections.Concurrent;
using System.Globalization;
using System.Text.RegularExpressions;
using NUnit.Framework;
using Shouldly;
using Workers.EndToEnd.Cluster;
using Workers.EndToEnd.Operations;

namespace Workers.EndToEnd.Faults;

/// <summary>
/// The program, built with fail points, dies at each step (kill -9 from within), as seeds draw it, under load: nothing that it accepted is lost or done twice.
/// </summary>
[Category("Slow")]
public sealed partial class FaultTests
{
    /// <summary>Names the program that was built with fail points: <c>dotnet build src/Workers.Host -c FailPoints</c>, in <c>bin/FailPoints</c> there.</summary>
    public const string Build = "WORKERS_TEST_FAILPOINTS";

    private const int Together = 10;
    private const int InCi = 50;
    private const int AtOnce = 2;

    [Test]
    public async Task Everything_accepted_is_done_once_wherever_the_program_dies()
    {
        var build = TestServers.Named(Build);
        var (first, count) = (UnderLoad.Setting("WORKERS_SEED", 1), UnderLoad.Setting("WORKERS_SEEDS", Environment.GetEnvironmentVariable("WORKERS_SEED") is null ? Together : 1));
        var chains = Enumerable.Range(first, count).Chunk(Together);
        var failed = new ConcurrentQueue<string>();
        await Parallel.ForEachAsync(chains, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (seeds, _) =>
        {
            try
            {
                await Chain.RunAsync(build, [.. seeds.Select(Death.Embedded)]);
            }
#pragma warning disable CA1031 // The other chains are run, whatever one of them finds; each tells how it is repeated.
            catch (Exception error)
#pragma warning restore CA1031
            {
                failed.Enqueue(Told(seeds, error));
            }
        });

        failed.ShouldBeEmpty();
    }

    [Test]
    public void Fifty_seeds_come_by_every_point_and_there_is_no_other_in_the_program()
    {
        Enumerable.Range(1, InCi).Select(seed => Death.Embedded(seed).Point).Distinct().ShouldBe(Death.EmbeddedPoints, ignoreOrder: true);

        var declared = Directory.EnumerateFiles(Checkout.At("src"), "*.cs", SearchOption.AllDirectories)
            .Where(path => !path.Contains("/obj/", StringComparison.Ordinal))
            .SelectMany(path => Point().Matches(File.ReadAllText(path))).Select(match => match.Groups[1].Value).ToList();
        declared.ShouldBeUnique();
        declared.ShouldBe(Death.EmbeddedPoints.Concat(Death.ClusterPoints), ignoreOrder: true);
    }

    private static string Told(int[] seeds, Exception error) => string.Create(CultureInfo.InvariantCulture, $"""

        {string.Join(", ", seeds.Select(seed => Death.Embedded(seed).At))}: {error}
        Repeat with: WORKERS_SEED={seeds[0]} WORKERS_SEEDS={seeds.Length} dotnet test tests/Workers.EndToEnd -c Release --filter FullyQualifiedName~Faults.{nameof(FaultTests)}

        """);

    [GeneratedRegex("""FailPoint\.Hit\("([a-z-]+)""")]
    private static partial Regex Point();
}
