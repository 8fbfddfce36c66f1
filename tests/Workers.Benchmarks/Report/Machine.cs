using System.Globalization;
using System.Runtime.InteropServices;

namespace Workers.Benchmarks.Report;

/// <summary>What a run was measured on.</summary>
internal sealed record Machine(string Processor, int Cores, double MemoryGb, string System, string Runtime, string At)
{
    public static Machine This => new(
        Line("/proc/cpuinfo", "model name") ?? RuntimeInformation.ProcessArchitecture.ToString(),
        Environment.ProcessorCount,
        Math.Round(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (double)(1 << 30), 1),
        RuntimeInformation.OSDescription,
        RuntimeInformation.FrameworkDescription,
        TimeProvider.System.GetUtcNow().ToString("yyyy-MM-dd HH:mm'Z'", CultureInfo.InvariantCulture));

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{At}, {Cores} cores ({Processor}), {MemoryGb} GB, {System}, {Runtime}; the load generator on the same cores.");

    private static string? Line(string file, string name) => !File.Exists(file) ? null
        : File.ReadLines(file).FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal)) is { } found ? found[(found.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim() : null;
}
