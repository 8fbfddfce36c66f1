using System.Numerics;

namespace Workers.Engine.Metrics;

/// <summary>
/// How often times of which length were seen, in microseconds: exact below 64 µs, above it in steps of a thirty-second of a power of two, so a quantile is off by
/// 1.6 % at most. Merging histograms is adding their counts: a quantile of any range is as right as one of a single minute. Tests: HistogramTests.
/// </summary>
public sealed class Histogram
{
    private const int Steps = 32;
    private const int StepBits = 5;
    private const long Longest = 1L << 42;

    private readonly SortedDictionary<int, long> _counts = [];

    public bool IsEmpty => _counts.Count == 0;

    public void Add(long microseconds) => Add(StepOf(Math.Clamp(microseconds, 0, Longest)), 1);

    public void Merge(Histogram other)
    {
        foreach (var (step, count) in other._counts)
        {
            Add(step, count);
        }
    }

    /// <summary>Takes out what was merged before.</summary>
    public void Subtract(Histogram earlier)
    {
        foreach (var (step, count) in earlier._counts)
        {
            Add(step, -count);
        }
    }

    /// <summary>The time that so large a part of them did not exceed (the nearest rank), in microseconds; 0 where there is none.</summary>
    public long Quantile(double part)
    {
        var total = _counts.Values.Sum();
        var rank = Math.Max(1, (long)Math.Ceiling(part * total));
        foreach (var (step, count) in _counts)
        {
            rank -= count;
            if (rank <= 0)
            {
                return MiddleOf(step);
            }
        }

        return 0;
    }

    /// <summary>The steps that are not empty, each as the distance from the one before and its count, as numbers of seven bits a byte.</summary>
    public byte[] ToBytes()
    {
        var bytes = new List<byte>(_counts.Count * 3);
        var last = 0;
        foreach (var (step, count) in _counts)
        {
            Write(bytes, step - last);
            Write(bytes, count);
            last = step;
        }

        return [.. bytes];
    }

    public static Histogram Of(ReadOnlySpan<byte> bytes)
    {
        var histogram = new Histogram();
        var step = 0;
        while (!bytes.IsEmpty)
        {
            step += (int)Read(ref bytes);
            histogram.Add(step, Read(ref bytes));
        }

        return histogram;
    }

    private void Add(int step, long count)
    {
        var sum = _counts.GetValueOrDefault(step) + count;
        if (sum > 0)
        {
            _counts[step] = sum;
        }
        else
        {
            _counts.Remove(step);
        }
    }

    private static int StepOf(long value)
    {
        if (value < Steps)
        {
            return (int)value;
        }

        var power = BitOperations.Log2((ulong)value) - StepBits;
        return Steps + (power * Steps) + (int)((value >> power) - Steps);
    }

    private static long MiddleOf(int step)
    {
        if (step < Steps)
        {
            return step;
        }

        var power = (step - Steps) / Steps;
        return ((Steps + ((step - Steps) % Steps)) * (1L << power)) + (((1L << power) - 1) / 2);
    }

    private static void Write(List<byte> bytes, long value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            bytes.Add((byte)(value | 0x80));
        }

        bytes.Add((byte)value);
    }

    private static long Read(ref ReadOnlySpan<byte> bytes)
    {
        var (value, shift) = (0L, 0);
        while (true)
        {
            var next = bytes[0];
            bytes = bytes[1..];
            value |= (long)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }

            shift += 7;
        }
    }
}
