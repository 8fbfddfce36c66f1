using System.Text;
using Workers.Contracts;
using Workers.Contracts.Commands;
using Workers.Contracts.Events;
using Workers.Contracts.Headers;
using Workers.Engine.Log;

namespace Workers.Tests.Projections;

/// <summary>Records as doors and pumps make them.</summary>
internal static class Records
{
    public const long Now = 1_790_000_000_000;

    /// <param name="version">0: without one.</param>
    public static LogRecord Event(IDomainEvent happened, long version, Guid? command = null, Action<HeaderWriter>? more = null)
    {
        var info = EventCatalog.Of(happened);
        var headers = new HeaderWriter().Add(HeaderName.Type, info.Name).Add(HeaderName.Source, "workers").Add(HeaderName.Entity, info.Entity)
            .Add(HeaderName.Command, command ?? Guid.NewGuid()).Add(HeaderName.UserId, info.GetUserId(happened));
        if (version > 0)
        {
            headers.Add(HeaderName.Version, version);
        }

        more?.Invoke(headers);
        return new LogRecord
        {
            Id = Guid.NewGuid(),
            Topic = Topics.Events,
            Key = info.GetEntityId(happened),
            TimestampMs = Now + version,
            Headers = headers.Take(),
            Value = info.ToBytes(happened),
        };
    }

    public static LogRecord Command(ICommand command, Guid? id = null, Action<HeaderWriter>? more = null)
    {
        var info = CommandCatalog.Of(command);
        return Command(info.Name, info.GetKey(command), info.ToBytes(command), id, more);
    }

    public static LogRecord Command(string type, string key, byte[] value, Guid? id = null, Action<HeaderWriter>? more = null)
    {
        var headers = new HeaderWriter().Add(HeaderName.Type, type).Add(HeaderName.Source, "ada").Add(HeaderName.Door, "execute");
        more?.Invoke(headers);
        return new LogRecord
        {
            Id = id ?? Guid.NewGuid(),
            Topic = Topics.Commands,
            Key = key,
            TimestampMs = Now,
            Headers = headers.Take(),
            Value = value,
        };
    }

    public static CommandCompleted Completed(Guid id, string state = "SUCCEEDED", string key = "u1") => new()
    {
        CommandId = id.ToString(),
        CommandType = nameof(CreateUser),
        Kind = Kind.User,
        Key = key,
        State = state,
        Attempts = 1,
        QueueMs = 2,
        RunMs = 5,
    };

    public static string Text(this byte[] utf8) => Encoding.UTF8.GetString(utf8);
}
