using System.Buffers;
using System.Text;
using Workers.Contracts.Events;

namespace Workers.Handlers.Feeds;

/// <summary>An entity after a change: its members, <c>deleted</c> where it is, the <c>cause</c> (the domain event), and on updates <c>previous</c>, its members before.</summary>
internal static class FeedEntityJson
{
    /// <summary>Null where the entity's events do not begin with its creation.</summary>
    public static byte[]? Write(FeedSource source, string type, FeedEntity? before, FeedEntity after, FeedEntities entities)
    {
        var key = source.Folded!.Key;
        if (entities.Show(key, after) is not { } view)
        {
            return null;
        }

        var updated = type.EndsWith("_updated", StringComparison.Ordinal);
        var previous = updated && before is not null ? entities.Show(key, before) : null;
        var output = new ArrayBufferWriter<byte>(view.Length + (previous?.Length ?? 0) + 96);

        // A whole object each: members are added before its end.
        output.Write(view.AsSpan(0, view.Length - 1));
        if (IsDeletion(source.Happened!))
        {
            output.Write(",\"deleted\":true"u8);
        }

        output.Write(",\"cause\":\""u8);
        Encoding.UTF8.GetBytes(source.Info!.Name, output);
        output.Write("\""u8);
        if (previous is not null)
        {
            output.Write(",\"previous\":"u8);
            output.Write(previous);
        }

        output.Write("}"u8);
        return output.WrittenSpan.ToArray();
    }

    private static bool IsDeletion(IDomainEvent happened) => happened is UserDeleted or OrderDeleted or PaymentDeleted or ProductDeleted;
}
