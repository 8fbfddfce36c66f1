using System.Text.Json.Serialization;
using Workers.Contracts;
using Workers.Contracts.Commands;
using Workers.Contracts.Headers;
using Workers.Engine.Session;

namespace Workers.Engine.Commands;

/// <summary>Schedules whose next time waits for the end of the command before it (<c>overlap: queue</c>): they are told of it as it is committed.</summary>
internal static class WaitingSchedules
{
    // Of a command whose end comes later, where the record that said so is not at hand any more.
    private static readonly StateType<WaitingSchedule> s_type = new("schedule_waits", WaitingJson.Default.WaitingSchedule);

    /// <summary>The command in hand has ended, or it is known that it ends later.</summary>
    public static void Told(BatchSession session, CommandContext context, bool isEnd)
    {
        var headers = context.Record.Headers;
        if (!headers.Has(HeaderName.ScheduleWaits) || headers.Get(HeaderName.ScheduleId) is not { } schedule)
        {
            return;
        }

        if (isEnd)
        {
            context.Send(new FireSchedule { ScheduleId = schedule });
        }
        else
        {
            session.Set(session.Get(s_type, context.CommandId), new WaitingSchedule(schedule));
        }
    }

    /// <summary>A command that ended later has ended.</summary>
    public static void Ended(BatchSession session, CommandContext context, Guid commandId)
    {
        if (!Ids.IsOfSchedule(commandId))
        {
            return;
        }

        var entry = session.Get(s_type, commandId.ToString());
        if (entry.Live is WaitingSchedule waits)
        {
            session.Set(entry, null);
            context.Send(new FireSchedule { ScheduleId = waits.ScheduleId });
        }
    }
}

internal sealed record WaitingSchedule(string ScheduleId);

[JsonSerializable(typeof(WaitingSchedule))]
internal sealed partial class WaitingJson : JsonSerializerContext;
