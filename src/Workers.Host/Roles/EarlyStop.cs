using System.Runtime.InteropServices;
using Workers.Host.CommandLine;

namespace Workers.Host.Roles;

/// <summary>
/// SIGTERM and SIGINT from the beginning. Until the host starts nothing is served or executed, and files and servers may take long to open: the process ends at once,
/// as it may end at any moment. From then on the host is told, and finishes what is in hand.
/// </summary>
internal sealed class EarlyStop : IDisposable
{
    private readonly PosixSignalRegistration[] _signals;
    private IHostApplicationLifetime? _host;

    public EarlyStop() => _signals = [PosixSignalRegistration.Create(PosixSignal.SIGTERM, Told), PosixSignalRegistration.Create(PosixSignal.SIGINT, Told)];

    /// <summary>The host starts now.</summary>
    public void HandTo(IHostApplicationLifetime host) => Volatile.Write(ref _host, host);

    public void Dispose()
    {
        foreach (var signal in _signals)
        {
            signal.Dispose();
        }
    }

    private void Told(PosixSignalContext signal)
    {
        signal.Cancel = true;
        if (Volatile.Read(ref _host) is { } host)
        {
            host.StopApplication();
        }
        else
        {
            Environment.Exit(ExitCodes.Ok);
        }
    }
}
