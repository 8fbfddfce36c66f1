using Microsoft.Extensions.Logging;

namespace Workers.Redis;

internal static partial class Log
{
    [LoggerMessage(240, LogLevel.Warning, "Redis is away ({Why}): reads come from the store, rate limits are counted in each process, until it is back")]
    public static partial void Away(ILogger logger, string why);

    [LoggerMessage(241, LogLevel.Information, "Redis is used")]
    public static partial void Back(ILogger logger);
}
