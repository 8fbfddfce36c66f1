using Microsoft.Extensions.Logging;

namespace Workers.Api;

internal static partial class Log
{
    [LoggerMessage(300, LogLevel.Information, "{Method} {Route} {Status} {Ms:0.0} ms {TraceId}")]
    public static partial void Access(ILogger logger, string method, string route, int status, double ms, string traceId);

    [LoggerMessage(301, LogLevel.Error, "{Method} {Route} failed, trace {TraceId}")]
    public static partial void RequestFailed(ILogger logger, string method, string route, string traceId, Exception error);

    [LoggerMessage(302, LogLevel.Warning, "{Method} {Route} broke off in the middle of its answer")]
    public static partial void AnswerBroken(ILogger logger, string method, string route, Exception error);
}
