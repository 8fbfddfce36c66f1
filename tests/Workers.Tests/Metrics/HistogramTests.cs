using NUnit.Framework;
using Shouldly;
using Workers.Engine.Metrics;

namespace Workers.Tests.Metrics;

[Parallelizable(ParallelScope.All)]
public sealed class HistogramTests
{
    [TestCase(0.5)]
    [TestCase(0.95)]
    [TestCase(0.99)]
    public void A_quantile_of_merged_histograms_is_that_of_all_their_times(double part)
    {
        var random = new Random(17);
        var times = Enumerable.Range(0, 5_000).Select(_ => (long)Math.Pow(10, random.NextDouble() * 9)).ToList();
        var merged = new Histogram();
        foreach (var some in times.Chunk(100))
        {
            merged.Merge(Histogram.Of(Filled(some).ToBytes()));
        }

        var exact = times.Order().ElementAt((int)Math.Ceiling(part * times.Count) - 1);

        ((double)merged.Quantile(part)).ShouldBe(exact, exact * 0.016);
        merged.ToBytes().ShouldBe(Filled(times).ToBytes());
    }

    [Test]
    public void What_is_subtracted_again_leaves_what_was_there()
    {
        var (first, second) = (Filled([1, 50, 70_000, 5_000_000_000]), Filled([50, 70_000, 3]));
        var both = Filled([]);
        both.Merge(first);
        both.Merge(second);

        both.Subtract(first);

        both.ToBytes().ShouldBe(second.ToBytes());
        both.Subtract(second);
        (both.IsEmpty, both.Quantile(0.5)).ShouldBe((true, 0));
    }

    [Test]
    public void Times_below_64_microseconds_are_exact_and_others_as_near_as_is_promised()
    {
        for (var time = 0L; time < 64; time++)
        {
            Filled([time]).Quantile(0.5).ShouldBe(time);
        }

        for (var time = 64L; time < 1L << 41; time = (time * 9 / 8) + 1)
        {
            ((double)Filled([time]).Quantile(0.5)).ShouldBe(time, time / 62.0);
        }
    }

    private static Histogram Filled(IEnumerable<long> times)
    {
        var histogram = new Histogram();
        foreach (var time in times)
        {
            histogram.Add(time);
        }

        return histogram;
    }
}
