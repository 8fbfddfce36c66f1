using Microsoft.Extensions.Logging;

namespace Workers.MongoDb;

internal static partial class LogMessages
{
    [LoggerMessage(1, LogLevel.Information, "MongoDB at {Hosts}: {Store} in database {Database} have their indexes.")]
    internal static partial void Prepared(ILogger logger, string hosts, string store, string database);

    [LoggerMessage(2, LogLevel.Warning, "MongoDB at {Hosts} cannot be used ({Reason}); {Store} wait for it.")]
    internal static partial void NotPrepared(ILogger logger, string hosts, string store, string reason);
}
