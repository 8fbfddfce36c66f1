using Microsoft.Extensions.Logging;

namespace Workers.Api;

internal static partial class Log
{
    [LoggerMessage(300, LogLevel.Information, "{Method} {Route} {Status} {Ms:0.0} ms {TraceId}")]
    public static partial void Access(ILogger logger, string method, string route, int status, double ms, string traceId);

    [LoggerMessage(301, LogLevel.Error, "{Method} {Route} failed, trace {TraceId}")]
    public static partial void RequestFailed(ILogger logger, string method, string route, string traceId, Exception error);

    [LoggerMessage(310, LogLevel.Warning, "The feeds cannot be followed now; it is tried again")]
    public static partial void TailFailed(ILogger logger, Exception error);

    [LoggerMessage(311, LogLevel.Warning, "Following {Partition} goes on at its end: {Reason}")]
    public static partial void TailJumped(ILogger logger, string partition, string reason);

    [LoggerMessage(312, LogLevel.Information, "A client of /ws took frames too slowly and is dropped")]
    public static partial void SocketDropped(ILogger logger);

    [LoggerMessage(302, LogLevel.Warning, "{Method} {Route} broke off in the middle of its answer")]
    public static partial void AnswerBroken(ILogger logger, string method, string route, Exception error);

    [LoggerMessage(303, LogLevel.Information, "Received create order command {OrderId}")]
    public static partial void OrderReceived(ILogger logger, string orderId);

    [LoggerMessage(304, LogLevel.Information, "Order created successfully {OrderId}")]
    public static partial void OrderCreated(ILogger logger, string orderId);

    [LoggerMessage(305, LogLevel.Error, "Failed to append events: {Method} {Route}, trace {TraceId}")]
    public static partial void AppendFailed(ILogger logger, string method, string route, string traceId, Exception error);
}
