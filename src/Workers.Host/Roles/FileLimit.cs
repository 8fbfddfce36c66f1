using System.Runtime.InteropServices;

namespace Workers.Host.Roles;

/// <summary>
/// A file that may not grow further (<c>ulimit -f</c>, <c>LimitFSIZE=</c>) fails the write, as a full disk does, and does not end the process as SIGXFSZ would.
/// Test: FileFaultTests.
/// </summary>
internal static class FileLimit
{
    // Linux and macOS.
    private const PosixSignal Sigxfsz = (PosixSignal)25;

    /// <summary>Until it is disposed; null where the system has no such limit.</summary>
    public static PosixSignalRegistration? Survive() =>
        OperatingSystem.IsWindows() ? null : PosixSignalRegistration.Create(Sigxfsz, static signal => signal.Cancel = true);
}
