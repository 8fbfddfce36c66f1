using Microsoft.Extensions.Logging;
using Workers.Engine.Telemetry;

namespace Workers.Api;

internal static partial class Log
{
    [LoggerMessage(EventId = AccessLines.Request, Message = "{Method} {Route} {Status} {Ms:0.0} ms {TraceId}")]
    public static partial void Access(ILogger logger, LogLevel level, string method, string route, int status, double ms, string traceId);

    [LoggerMessage(AccessLines.Command, LogLevel.Information, "{Method} {Route} {Status} {Ms:0.0} ms {TraceId} {CommandId}")]
    public static partial void CommandAccess(ILogger logger, string method, string route, int status, double ms, string traceId, Guid commandId);

    [LoggerMessage(EventId = 301, Message = "{Method} {Route} failed, trace {TraceId}")]
    public static partial void RequestFailed(ILogger logger, LogLevel level, string method, string route, string traceId, Exception error);

    [LoggerMessage(EventId = 310, Message = "The feeds cannot be followed now; it is tried again")]
    public static partial void TailFailed(ILogger logger, LogLevel level, Exception error);

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

    [LoggerMessage(307, LogLevel.Warning, "The keys of the issuer {Issuer} cannot be fetched; it is tried again")]
    public static partial void IssuerAway(ILogger logger, string issuer, Exception error);

    [LoggerMessage(306, LogLevel.Warning, "The log does not take {What} now; it is left out")]
    public static partial void NotTold(ILogger logger, string what, Exception error);

    [LoggerMessage(308, LogLevel.Information, "Schedules of {File}: {Created} made, {Changed} changed, {Deleted} deleted, {Same} as they were; {Others} that are not in it")]
    public static partial void ScheduleFileApplied(ILogger logger, string file, int created, int changed, int deleted, int same, int others);

    [LoggerMessage(309, LogLevel.Error, "Schedules of {File} are not applied: {Why}")]
    public static partial void ScheduleFileWrong(ILogger logger, string file, string why);

    [LoggerMessage(EventId = 305, Message = "Failed to append events: {Method} {Route}, trace {TraceId}")]
    public static partial void AppendFailed(ILogger logger, LogLevel level, string method, string route, string traceId, Exception error);
}
