using Microsoft.Extensions.Logging;

namespace Workers.Redis;

internal static partial class Log
{
    [LoggerMessage(240, LogLevel.Warning, "Redis is away ({Why}): reads come from the store, rate limits are counted in each process, until it is back")]
    public static partial void Away(ILogger logger, string why);

    [LoggerMessage(242, LogLevel.Warning, "Redis refuses a call ({Why}): what it is for is done without it")]
    public static partial void Refused(ILogger logger, string why);

    [LoggerMessage(243, LogLevel.Warning, "The store does not tell which entries in Redis count ({Why}): reads come from the store until it does")]
    public static partial void Unseen(ILogger logger, string why);

    [LoggerMessage(241, LogLevel.Information, "Redis is used")]
    public static partial void Back(ILogger logger);
}
