using System.Globalization;
using Workers.EndToEnd.Running;

namespace Workers.EndToEnd.Faults;

/// <summary>What a process holds at a moment.</summary>
/// <param name="At">Since the run began.</param>
/// <param name="Memory">MB of its own: without the pages of mapped files, which the system takes back when it needs them.</param>
/// <param name="Handles">Open files, sockets and the like.</param>
internal sealed record Vitals(TimeSpan At, double Memory, int Handles)
{
    /// <summary>Null where the process has ended.</summary>
    public static Vitals? Of(RunningProgram program, TimeSpan at)
    {
        try
        {
            var anonymous = File.ReadLines($"/proc/{program.Id}/status").First(line => line.StartsWith("RssAnon:", StringComparison.Ordinal));
            var kilobytes = anonymous.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1];
            return new Vitals(at, double.Parse(kilobytes, CultureInfo.InvariantCulture) / 1_024, Directory.GetFileSystemEntries($"/proc/{program.Id}/fd").Length);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            return null;
        }
    }
}
