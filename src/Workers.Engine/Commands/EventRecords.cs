using Workers.Contracts;
using Workers.Contracts.Events;
using Workers.Contracts.Headers;
using Workers.Engine.Dispatch;
using Workers.Engine.Log;
using Workers.Engine.Session;

namespace Workers.Engine.Commands;

/// <summary>Records that say what happened: one on <c>workers.events</c>, a copy on <c>workers.flows</c> for each flow that waits.</summary>
internal static class EventRecords
{
    /// <summary>The record on <c>workers.events</c>.</summary>
    public static LogRecord Publish(
        BatchSession session, RecordScope scope, EventInfo info, IDomainEvent happened, byte[] data, long version, FlowRoutes routes)
    {
        var entity = info.GetEntityId(happened);
        var record = Record(scope, Topics.Events, entity, Described(scope, info, happened, version).Take(), data);
        session.Stage(record);
        EventDeliveries.Stage(session, scope, record, info.Name, version);
        foreach (var flow in routes.Of(scope.Flow, happened))
        {
            Copy(session, scope, info, happened, data, version, flow);
        }

        return record;
    }

    /// <summary>On <c>workers.events</c> only: no flow waits for it.</summary>
    public static void PublishAlone(BatchSession session, RecordScope scope, IDomainEvent happened)
    {
        var info = EventCatalog.Of(happened);
        var data = Write(session, info, happened);
        session.Stage(Record(scope, Topics.Events, info.GetEntityId(happened), Described(scope, info, happened, 0).Take(), data));
    }

    /// <summary>One that a caller has posted: no flow hears of it.</summary>
    public static LogRecord PublishPosted(BatchSession session, RecordScope scope, string type, string key, string? userId, byte[] data)
    {
        var headers = Caused(scope, type).Add(HeaderName.Entity, EventCatalog.Find(type)?.Entity).Add(HeaderName.Command, scope.Record.Id)
            .Add(HeaderName.UserId, userId).Add(HeaderName.Origin, OpenEvents.External).Take();
        var record = Record(scope, Topics.Events, key, headers, data);
        session.Stage(record);
        EventDeliveries.Stage(session, scope, record, type, 0);
        return record;
    }

    /// <summary>Tells only the flows that wait for this record.</summary>
    public static void Tell(BatchSession session, RecordScope scope, IDomainEvent happened, FlowRoutes routes)
    {
        var flows = routes.Waiting(scope.Flow, happened);
        if (flows.Count == 0)
        {
            return;
        }

        var info = EventCatalog.Of(happened);
        var data = Write(session, info, happened);
        foreach (var flow in flows)
        {
            Copy(session, scope, info, happened, data, 0, flow);
        }
    }

    /// <summary>Headers of anything that a record causes.</summary>
    public static HeaderWriter Caused(RecordScope scope, string type) => Outgoing.Headers(scope, type, scope.Flow);

    /// <summary>The event's JSON, as it stands in its stream and in every record of it.</summary>
    public static byte[] Write(BatchSession session, EventInfo info, IDomainEvent happened) =>
        session.Write((info, happened), static (e, json) => e.info.Write(e.happened, json));

    private static HeaderWriter Described(RecordScope scope, EventInfo info, IDomainEvent happened, long version)
    {
        var headers = Caused(scope, info.Name).Add(HeaderName.Entity, info.Entity).Add(HeaderName.Command, scope.Record.Id)
            .Add(HeaderName.UserId, info.GetUserId(happened));
        if (scope.Record.Topic == Topics.Control)
        {
            // What is done to the platform is told with who did it (its source), from where and why.
            var asked = scope.Record.Headers;
            headers.Add(HeaderName.ClientAddress, asked.Get(HeaderName.ClientAddress)).Add(HeaderName.UserAgent, asked.Get(HeaderName.UserAgent))
                .Add(HeaderName.Reason, asked.Get(HeaderName.Reason));
        }

        return version > 0 ? headers.Add(HeaderName.Version, version) : headers;
    }

    private static void Copy(
        BatchSession session, RecordScope scope, EventInfo info, IDomainEvent happened, byte[] data, long version, FlowAddress flow)
    {
        var headers = Described(scope, info, happened, version).Add(HeaderName.Receiver, flow.Saga).Take();
        session.Stage(Record(scope, Topics.Flows, flow.Instance, headers, data));
    }

    private static LogRecord Record(RecordScope scope, string topic, string key, HeaderBlock headers, byte[] data) => new()
    {
        Id = scope.NextId(),
        Topic = topic,
        Key = key,
        TimestampMs = scope.Now.ToUnixTimeMilliseconds(),
        Headers = headers,
        Value = data,
    };
}
