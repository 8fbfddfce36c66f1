using Workers.Api.Http;
using Workers.Contracts.Commands;
using Workers.Contracts.Headers;
using Workers.Engine.Log;
using Workers.Engine.Projections;

namespace Workers.Api.Reads;

/// <summary>A command's record in the log, as it will be listed.</summary>
internal static class CommandRows
{
    public static CommandRow Of(LogRecord record)
    {
        var headers = record.Headers;
        var type = headers.Get(HeaderName.Type) ?? "";
        return new CommandRow(
            record.Id, headers.Get(HeaderName.CommandId), type, CommandCatalog.Find(type)?.Kind ?? "", record.Key, headers.Get(HeaderName.Source) ?? Access.Anonymous,
            headers.Get(HeaderName.Door) ?? "", record.TimestampMs, headers.Get(HeaderName.UserId), headers.Get(HeaderName.CorrelationId),
            headers.Get(HeaderName.CausationId), headers.Get(HeaderName.ScheduleId), Traces.IdOf(headers.Get(HeaderName.TraceParent)), record.Value.ToArray());
    }
}
