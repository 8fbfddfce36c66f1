using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Workers.Benchmarks.Dispatch;

/// <summary>Processor time of this thread: without the compiler's and the collector's own threads. On other systems than Linux, time.</summary>
internal static partial class ThreadTime
{
    private const int ThreadCpuTime = 3;

    public static long Nanoseconds =>
        OperatingSystem.IsLinux() && Get(ThreadCpuTime, out var now) == 0
            ? (now.Seconds * 1_000_000_000) + now.Nanoseconds
            : (long)Stopwatch.GetElapsedTime(0).TotalNanoseconds;

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int Get(int clock, out Timespec time);

    private readonly struct Timespec
    {
        public readonly long Seconds;
        public readonly long Nanoseconds;
    }
}
