using System.Text.Json;
using Workers.Api.Http;
using Workers.Contracts.Commands;
using Workers.Contracts.Headers;
using Workers.Engine.Log;
using Workers.Engine.Projections;

namespace Workers.Api.Reads;

/// <summary>A command's record in the log, as it will be listed.</summary>
internal static class CommandRows
{
    public static CommandRow Of(LogRecord record, IDataMask mask)
    {
        var headers = record.Headers;
        var type = headers.Get(HeaderName.Type) ?? "";
        var info = CommandCatalog.Find(type);
        return new CommandRow(
            record.Id, headers.Get(HeaderName.CommandId), type, info?.Kind ?? "", record.Key, headers.Get(HeaderName.Source) ?? Access.Anonymous,
            headers.Get(HeaderName.Door) ?? "", record.TimestampMs, headers.Get(HeaderName.UserId), headers.Get(HeaderName.CorrelationId),
            headers.Get(HeaderName.CausationId), headers.Get(HeaderName.ScheduleId), Traces.IdOf(headers.Get(HeaderName.TraceParent)),
            Shown(record.Value, info, mask));
    }

    // Another system's record may be anything: what is no JSON object is not shown here, but as a dead letter.
    private static byte[] Shown(ReadOnlyMemory<byte> value, CommandInfo? info, IDataMask mask)
    {
        try
        {
            return mask.Apply(value, info?.Type);
        }
        catch (JsonException)
        {
            return [];
        }
    }
}
