using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Workers.Api.Http;
using Workers.Engine.Log;
using Workers.Engine.Options;
using Workers.Engine.Projections;
using Workers.Engine.Store;

namespace Workers.Api.Doors;

/// <summary>
/// Sets where a group reads on in a partition: <c>{position, reason}</c>. What lies between is passed over, or looked at again, so the audit trail
/// is told first.
/// </summary>
internal sealed class PositionDoor(
    IEnumerable<IPositionStore> stores, ILog log, SubmissionReader submissions, ApiOptions options, TimeProvider clock)
{
    private static readonly DoorRoute Route = new("positions", "PUT /api/v1/commands/partitions/{group}/{topic}/{partition}");

    public async Task SetAsync(HttpContext http)
    {
        var request = submissions.Info(http, Route);
        var (group, partition) = Place(http);
        var body = await JsonBody.ReadAsync(http, options.MaxBodyBytes, "position", "reason");
        var position = body.Offset("position") ?? throw ListQuery.Bad("position", "position is required");
        var reason = Reason.Required(body, request);
        var (store, before) = await FindAsync(group, partition, http.RequestAborted);
        var end = Math.Max(before, (await log.EndsAsync(partition.Topic, http.RequestAborted)).ElementAtOrDefault(partition.Number));
        if (position > end)
        {
            throw ListQuery.Bad("position", $"position must be from 0 to {end}, where the log of {partition} ends");
        }

        await log.AppendAsync(Told(group, partition, before, position, reason, request), CancellationToken.None);
        if (!await store.SetPositionAsync(group, partition, position, CancellationToken.None))
        {
            throw new ProblemException(Problem.NotFound("Position"));
        }

        using var json = JsonAnswer.Rent();
        var writer = json.Writer;
        writer.WriteStartObject();
        writer.WriteString("group"u8, group);
        writer.WriteString("topic"u8, partition.Topic);
        writer.WriteNumber("partition"u8, partition.Number);
        writer.WriteNumber("before"u8, before);
        writer.WriteNumber("position"u8, position);
        writer.WriteEndObject();
        await json.SendAsync(http, StatusCodes.Status200OK);
    }

    private static (string Group, PartitionId Partition) Place(HttpContext http)
    {
        var path = http.Request.RouteValues;
        return int.TryParse((string?)path["partition"], NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? ((string)path["group"]!, new PartitionId((string)path["topic"]!, number))
            : throw new ProblemException(Problem.NotFound("Position"));
    }

    private async Task<(IPositionStore Store, long Before)> FindAsync(string group, PartitionId partition, CancellationToken cancellation)
    {
        foreach (var store in stores)
        {
            foreach (var (its, where, row) in await store.PositionsAsync(cancellation))
            {
                if (its == group && where == partition)
                {
                    return (store, row.Offset);
                }
            }
        }

        throw new ProblemException(Problem.NotFound("Position"));
    }

    private LogRecord Told(string group, PartitionId partition, long before, long position, string reason, RequestInfo request) =>
        new AuditNote("position", $"{group}:{partition}", "set", new() { ["before"] = Number(before), ["position"] = Number(position) })
            .Record(request.Source(Route), reason, clock.GetUtcNow());

    private static JsonElement Number(long value) => JsonDocument.Parse(value.ToString(CultureInfo.InvariantCulture)).RootElement;
}
