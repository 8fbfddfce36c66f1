using System.Net.Sockets;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Connections;
using Workers.Engine.Log;
using Workers.Engine.Store;
using Workers.Host.Configuration;

namespace Workers.Host.CommandLine;

/// <summary>The sentence and the exit code for what may be wrong around the program, so that nobody has to read a stack trace for it.</summary>
internal static partial class StartupFailure
{
    /// <summary>Null where the exception is a fault of the program itself.</summary>
    public static (int ExitCode, IReadOnlyList<string> Sentences)? Explain(Exception exception)
    {
        for (var e = exception; e is not null; e = e.InnerException)
        {
            switch (e)
            {
                case ConfigurationException wrong:
                    return (ExitCodes.Usage, wrong.Errors);
                case StoreOpenException store:
                    return (ExitCodes.Unavailable, [store.Message]);
                case StoreUnavailableException or LogUnavailableException:
                    return (ExitCodes.Unavailable, [$"{e.Message.TrimEnd('.')}. Try again when that is over."]);
                case AddressInUseException:
                    return (ExitCodes.Unavailable, [$"{Address(exception)} is in use by another program; stop it or serve elsewhere with --urls."]);
                case SocketException { SocketErrorCode: SocketError.AccessDenied }:
                    return (ExitCodes.Unavailable, [$"{Address(exception)} may not be served by this user; take a port above 1023 with --urls."]);
                case SocketException { SocketErrorCode: SocketError.AddressNotAvailable }:
                    return (ExitCodes.Unavailable, [$"{Address(exception)} is no address of this machine; serve another with --urls."]);
            }
        }

        return null;
    }

    private static string Address(Exception exception) =>
        Url().Match(exception.Message) is { Success: true } match ? match.Value.TrimEnd('.', ':') : "The address to serve";

    [GeneratedRegex(@"https?://[^\s]+")]
    private static partial Regex Url();
}
