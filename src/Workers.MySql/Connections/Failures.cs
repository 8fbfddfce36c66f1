using System.Net.Sockets;
using MySqlConnector;
using Workers.Engine.Store;

namespace Workers.MySql.Connections;

/// <summary>What an error of the client library means.</summary>
internal static class Failures
{
    // Unique value taken, value too long, not of the type, out of range, truncated, null, packet too large, out of range, refused by a trigger.
    private static readonly HashSet<int> OfData = [1062, 1406, 1366, 1264, 1265, 1292, 1048, 1153, 1690, 1644, 3140];

    // Deadlock; a record changed since it was read.
    private static readonly HashSet<int> Deadlocks = [1213, 1020];

    // Access denied for the account or to the database, database unknown, server denies this host.
    private static readonly HashSet<int> OfAccess = [1044, 1045, 1049, 1130, 1251, 1698];

    /// <summary>The transaction was chosen to be undone: run again, it may well succeed.</summary>
    public static bool IsDeadlock(Exception error) => Deadlocks.Contains(Number(error));

    /// <summary>What was to be written cannot be, however often it is tried.</summary>
    public static bool IsOfData(Exception error) => OfData.Contains(Number(error));

    public static bool IsOfAccess(Exception error) => OfAccess.Contains(Number(error));

    /// <summary>The server said nothing: the connection is gone, or cannot be made.</summary>
    public static bool IsLost(Exception error) => IsOfServer(error) && (Number(error) is 0 or 1042 or 1053 or 1152 or 1158 or 1159 or 1160 or 1161 or 1927 or 4031 or > 2_000 and < 2_100);

    /// <summary>The server is silent: asking again would wait as long again.</summary>
    public static bool IsTimeout(Exception? error)
    {
        while (error is not null and not TimeoutException)
        {
            error = error.InnerException;
        }

        return error is not null;
    }

    /// <summary>It comes from the server or the way there, not from a mistake of ours.</summary>
    public static bool IsOfServer(Exception error) =>
        error is MySqlException or IOException or SocketException or TimeoutException or ObjectDisposedException or InvalidOperationException;

    /// <summary>As callers of the store know it. Messages of the library name account and host, never the password.</summary>
    public static StoreUnavailableException Unavailable(Server server, Exception error) =>
        new($"MySQL at {server.Name} did not do what was asked: {Reason(error)}", error);

    public static string Reason(Exception error) => Server(error)?.Message ?? error.GetBaseException().Message;

    /// <summary>The server's number of the error; 0 where it is not the server's.</summary>
    public static int Number(Exception error) => Server(error)?.Number ?? 0;

    private static MySqlException? Server(Exception? error)
    {
        for (; error is not null; error = error.InnerException)
        {
            if (error is MySqlException { Number: not 0 } found)
            {
                return found;
            }
        }

        return null;
    }
}
