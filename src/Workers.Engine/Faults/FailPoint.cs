using System.Diagnostics;

namespace Workers.Engine.Faults;

/// <summary>
/// A place at which tests let the process die as by kill -9. Calls stand in the code where a death may leave something half done; every build but the configuration
/// <c>FailPoints</c> leaves them out, with their arguments. Tests: FaultTests, RelayFaultTests, FileFaultTests.
/// </summary>
public static class FailPoint
{
    /// <summary>Dies here, where <c>WORKERS_FAIL_AT</c> (<c>point:hit:ms</c>) says so, after so long; takes long, where <c>WORKERS_SLOW_AT</c> (<c>point:ms</c>) does.</summary>
    /// <param name="name">In lower case, with hyphens; each stands in the code once.</param>
    [Conditional("FAILPOINTS")]
    public static void Hit(string name) => Armed(name);

    /// <summary>The same where it is so.</summary>
    [Conditional("FAILPOINTS")]
    public static void Hit(string name, bool here)
    {
        if (here)
        {
            Armed(name);
        }
    }

#if FAILPOINTS
    // {point}:{hit}:{ms}, the first hit being 1.
    private static readonly string[] s_at = (Environment.GetEnvironmentVariable("WORKERS_FAIL_AT") ?? "").Split(':');
    private static readonly int s_hit = s_at.Length == 3 ? int.Parse(s_at[1], System.Globalization.CultureInfo.InvariantCulture) : 0;
    private static int s_hits;

    // {point}:{ms}
    private static readonly string[] s_slow = (Environment.GetEnvironmentVariable("WORKERS_SLOW_AT") ?? "").Split(':');
    private static readonly int s_slowMs = s_slow.Length == 2 ? int.Parse(s_slow[1], System.Globalization.CultureInfo.InvariantCulture) : 0;

    private static void Armed(string name)
    {
        if (name == s_slow[0])
        {
            Thread.Sleep(s_slowMs);
        }

        if (name == s_at[0] && Interlocked.Increment(ref s_hits) == s_hit)
        {
            // Meanwhile the other threads go on: what they tell of this one's work too early is told.
            Thread.Sleep(int.Parse(s_at[2], System.Globalization.CultureInfo.InvariantCulture));
            Console.Error.WriteLine($"died at {name}:{s_hit}");
            _ = Kill(Environment.ProcessId, 9);
        }
    }

    [System.Runtime.InteropServices.DllImport("libc", EntryPoint = "kill")]
    private static extern int Kill(int process, int signal);
#else
    private static void Armed(string name) => _ = name;
#endif
}
