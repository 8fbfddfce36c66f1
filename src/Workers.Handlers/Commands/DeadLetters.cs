using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Workers.Contracts;
using Workers.Contracts.Commands;
using Workers.Contracts.Events;
using Workers.Contracts.Headers;
using Workers.Contracts.Json;
using Workers.Domain;
using Workers.Engine.Commands;
using Workers.Engine.Log;
using Workers.Engine.Store;
using Workers.Handlers.Projections;

namespace Workers.Handlers.Commands;

/// <summary>What operators do with one dead letter: put it back, edit it, discard it. Each is told with what the letter was, without what is sensitive in it.</summary>
internal sealed class DeadLetters(Lazy<SensitiveMask> mask)
{
    private const string Commands = "commands";
    private const int MostTold = 64 * 1024;

    public void Register(HandlerList handlers) => handlers
        .On<ReplayDeadLetter>(null, Replay)
        .On<DiscardDeadLetter>(null, Discard)
        .On<EditDeadLetter>(null, Edit);

    /// <summary>The letter's record goes back to its topic, behind what waits at its key by now.</summary>
    private Reply Replay(ReplayDeadLetter command, CommandContext context)
    {
        if (Find(command.LetterId, context) is not { } letter)
        {
            return NotFound();
        }

        context.Take(letter);
        context.Replay(letter);
        context.Announce(new DeadLetterReplayed { LetterId = command.LetterId, OperationId = command.OperationId, Reason = command.Reason, Before = Told(letter) });
        return context.Do(command, Decision.Nothing, 200);
    }

    private Reply Discard(DiscardDeadLetter command, CommandContext context)
    {
        if (Find(command.LetterId, context) is not { } letter)
        {
            return NotFound();
        }

        context.Take(letter);
        context.Announce(new DeadLetterDiscarded { LetterId = command.LetterId, Reason = command.Reason, Before = Told(letter) });
        return context.Do(command, Decision.Nothing, 200);
    }

    private Reply Edit(EditDeadLetter command, CommandContext context)
    {
        if (Find(command.LetterId, context) is not { } letter)
        {
            return NotFound();
        }

        if (letter.Group != Commands || letter.Record.Topic != Topics.Commands || letter.Record.Key != command.RecordKey)
        {
            return Reply.Refused(Refusal.InvalidStateCode, "The letter is another one by now: look at it again", 409);
        }

        var before = letter.Record;
        var headers = before.Headers.Without(HeaderName.Type, HeaderName.Unreadable, HeaderName.UserId).With(HeaderName.Type, command.NewType);
        var edited = letter with
        {
            Record = new LogRecord
            {
                Id = before.Id,
                Topic = before.Topic,
                Key = command.NewKey,
                TimestampMs = before.TimestampMs,
                Headers = command.NewUserId is { } user ? headers.With(HeaderName.UserId, user) : headers,
                Value = Encoding.UTF8.GetBytes(command.Data),
                Partition = before.Partition,
                Offset = before.Offset,
            },
            Original = letter.Original ?? before,
            Edited = new LetterEdit(context.Caller, context.Now.ToUnixTimeMilliseconds(), command.Reason),
        };
        context.Put(edited);
        context.Announce(new DeadLetterEdited { LetterId = command.LetterId, Reason = command.Reason, Before = Told(letter), After = Told(edited) });
        return Reply.Ok(ControlAnswers.Bytes(json =>
        {
            json.WriteString("id", command.LetterId);
            json.WriteString("type", command.NewType);
            json.WriteString("key", command.NewKey);
            json.WriteString("status", "EDITED");
        }));
    }

    private static DeadLetter? Find(string id, CommandContext context) => Guid.TryParse(id, out var letter) ? context.FindDeadLetter(letter) : null;

    private static Reply NotFound() => Reply.Refused(Refusal.NotFoundCode, "Dead letter not found", 404);

    private Dictionary<string, JsonElement>? Told(DeadLetter letter) => ControlAnswers.Members(ControlAnswers.Bytes(json =>
    {
        var record = letter.Record;
        var type = record.Headers.Get(HeaderName.Type) ?? "";
        json.WriteString("type", type);
        json.WriteString("key", record.Key);
        json.WriteString("group", letter.Group);
        json.WriteString("code", letter.Code);
        json.WriteString("error", letter.Message);
        if (Data(record.Value, CommandCatalog.Find(type)?.Type) is { } data)
        {
            json.WritePropertyName("data");
            json.WriteRawValue(data);
        }
        else
        {
            json.WriteNumber("bytes", record.Value.Length);
            json.WriteString("sha256", Convert.ToHexStringLower(SHA256.HashData(record.Value.Span)));
        }
    }));

    /// <summary>Null for what is too long to be told, or no JSON, or not of whole characters: nobody knows what in it is sensitive, or it could not be written.</summary>
    private byte[]? Data(ReadOnlyMemory<byte> value, Type? type)
    {
        try
        {
            return value.Length > MostTold || !JsonUnicode.IsWhole(value.Span) ? null : mask.Value.Apply(value, type);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
