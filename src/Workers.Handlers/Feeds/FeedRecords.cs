using Workers.Contracts;
using Workers.Contracts.Headers;
using Workers.Engine.Log;

namespace Workers.Handlers.Feeds;

/// <summary>
/// Makes the feeds' records. Id and time come from the record that is told of, so that telling again makes the same CloudEvent: whoever keeps ids tells
/// repeats apart. Of <c>cqrs-events</c> the id is the event's own, as <c>/api/v1/cqrs/events</c> has it.
/// </summary>
internal static class FeedRecords
{
    /// <summary>The command's or the domain event's own name, where the type is the feed's: an extension of CloudEvents.</summary>
    public const string Name = "ce_name";

    private const string Subject = "ce_subject";
    private const string PartitionKey = "ce_partitionkey";

    // Far above the ordinals of what a record causes in the platform itself.
    private const int FirstOrdinal = 0x7EED_0000;

    [ThreadStatic]
    private static HeaderWriter? t_headers;

    /// <param name="told">The record that is told of.</param>
    /// <param name="topic">The feed.</param>
    /// <param name="type">Type of the CloudEvent.</param>
    /// <param name="name">Name of the command or domain event.</param>
    /// <param name="key">Which the feed is partitioned by.</param>
    /// <param name="data">UTF-8 JSON, nothing in it that nobody should read.</param>
    public static LogRecord Make(LogRecord told, string topic, string type, string name, string key, ReadOnlyMemory<byte> data)
    {
        var headers = (t_headers ??= new HeaderWriter()).Clear();
        headers.Add(HeaderName.Type, type);
        var (at, correlated) = (0, false);
        while (told.Headers.Next(ref at, out var code, out _, out var value))
        {
            correlated |= code == HeaderName.CorrelationId;
            if (IsPublic(code))
            {
                headers.Add(code, value);
            }
        }

        if (!correlated)
        {
            headers.Add(HeaderName.CorrelationId, told.Id);
        }

        headers.Add(Subject, key).Add(PartitionKey, key).Add(Name, name);
        return new LogRecord
        {
            Id = topic == Topics.CqrsEvents ? told.Id : Ids.Child(told.Id, FirstOrdinal + Ordinal(topic, type)),
            Topic = topic,
            Key = key,
            TimestampMs = told.TimestampMs,
            Headers = headers.Take(),
            Value = data,
        };
    }

    /// <summary>A record that is told of no other.</summary>
    public static LogRecord MakeOwn(Guid id, string type, string key, long timestampMs, ReadOnlyMemory<byte> data) => new()
    {
        Id = id,
        Topic = Topics.CommandEvents,
        Key = key,
        TimestampMs = timestampMs,
        Headers = (t_headers ??= new HeaderWriter()).Clear().Add(HeaderName.Type, type).Add(HeaderName.Source, "workers").Add(HeaderName.CorrelationId, id)
            .Add(Subject, key).Add(PartitionKey, key).Add(Name, type).Take(),
        Value = data,
    };

    private static bool IsPublic(HeaderName code) => code is HeaderName.Source or HeaderName.CorrelationId or HeaderName.CausationId or HeaderName.TraceParent
        or HeaderName.TraceState or HeaderName.UserId or HeaderName.Command or HeaderName.Version or HeaderName.Entity or HeaderName.Origin;

    // One record can be told of by each feed once, and as a command that was queued besides.
    private static int Ordinal(string topic, string type) => topic switch
    {
        Topics.OrderEvents => 2,
        Topics.RepositoryEvents => 3,
        _ => type switch
        {
            FeedNames.Queued => 4,
            _ when type.StartsWith("command.", StringComparison.Ordinal) => 6,
            _ => 5, // of the platform itself
        },
    };
}
