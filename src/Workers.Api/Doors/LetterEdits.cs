using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Workers.Api.Callers;
using Workers.Api.Http;
using Workers.Contracts;
using Workers.Contracts.Commands;
using Workers.Contracts.Headers;
using Workers.Contracts.Reading;
using Workers.Engine.Control;
using Workers.Engine.Encryption;
using Workers.Engine.Store;

namespace Workers.Api.Doors;

/// <summary>What a dead letter's command is to become: read and checked as at any door, at the letter's own key.</summary>
internal sealed class LetterEdits(CommandReader reader, DataCipher cipher, ControlFeed control, TimeProvider clock)
{
    private static readonly JsonDocumentOptions s_strict = new() { AllowDuplicateProperties = false };

    /// <summary>The edit, and as which it is told from others: its secrets are encrypted anew each time.</summary>
    /// <exception cref="ProblemException">It is no command that the letter could be.</exception>
    public (EditDeadLetter Command, EditDeadLetter Told) Read(HttpContext http, JsonBody body, DeadLetter letter)
    {
        if (letter.Group != "commands" || letter.Record.Topic != Topics.Commands)
        {
            throw new ProblemException(new Problem(
                StatusCodes.Status422UnprocessableEntity, "NOT_EDITABLE",
                $"Only dead letters of commands can be edited; this one is of {letter.Group} on {letter.Record.Topic}: replay or discard it"));
        }

        var type = body.Text("type") ?? letter.Record.Headers.Get(HeaderName.Type) ?? throw ListQuery.Bad("type", "type is required: the letter has none");
        var data = Data(body, letter);
        return CommandCatalog.Find(type) is { } info ? Known(http, info, data, letter) : Custom(type, data, letter);
    }

    private (EditDeadLetter, EditDeadLetter) Known(HttpContext http, CommandInfo info, byte[] data, DeadLetter letter)
    {
        if (info.IsInternal || info.Topic != letter.Record.Topic)
        {
            throw ListQuery.Bad("type", $"type must be a command that callers may send; {info.Name} is the platform's own");
        }

        var before = letter.Record.Key;
        var reading = reader.Read(Revealed(data, info.Type), new ReadRequest
        {
            Command = info,
            MakeKey = (_, _) => before.Length > 0 ? before : Ids.New(clock.GetUtcNow()).ToString(),
        });
        if (reading.Failure is { } failure)
        {
            throw new ProblemException(Problem.Of(failure, reading.CommandId));
        }

        var command = reading.Command!;
        if (reading.Key.Length == 0 && before.Length > 0)
        {
            info.SetKey(command, before);
        }

        var key = info.GetKey(command);
        if (key.Length == 0 || (before.Length > 0 && key != before))
        {
            var sentence = before.Length == 0 ? $"{info.KeyField.Name} is required" : $"{info.KeyField.Name} must be {before}: a letter goes back at its own key";
            throw ListQuery.Bad(info.KeyField.Name, sentence);
        }

        return CommandRoles.Refuse(http, command) is { } refused
            ? throw new ProblemException(refused)
            : Made(letter, info.Name, key, UserIds.Of(info, command), info.ToBytes(command), info.Type);
    }

    private (EditDeadLetter, EditDeadLetter) Custom(string type, byte[] data, DeadLetter letter)
    {
        if (control.Current.Handlers.Of(type) is null)
        {
            throw ListQuery.Bad("type", $"type must be a command, or one of a registered handler; nobody knows {type}");
        }

        return letter.Record.Key.Length == 0
            ? throw ListQuery.Bad("type", $"{type} cannot be the command of a letter without a key")
            : Made(letter, type, letter.Record.Key, letter.Record.Headers.Get(HeaderName.UserId), Revealed(data, typeof(CustomCommand)), typeof(CustomCommand));
    }

    private byte[] Revealed(byte[] data, Type type)
    {
        try
        {
            return cipher.Reveal(data, type);
        }
        catch (Exception error) when (error is DataKeyMissingException or CryptographicException)
        {
            throw ListQuery.Bad("data", "data has an encrypted value that cannot be read: send *** for what it is, or a new one");
        }
    }

    private static byte[] Data(JsonBody body, DeadLetter letter)
    {
        var original = Parse(letter.Record.Value);
        if (body.Value("data") is not { } data)
        {
            return original is null ? throw ListQuery.Bad("data", "data is required: the letter's value is no JSON object of whole characters without repeated members") : letter.Record.Value.ToArray();
        }

        return data.ValueKind == JsonValueKind.Object
            ? JsonSerializer.SerializeToUtf8Bytes(HiddenValues.Keep(JsonObject.Create(data), original))
            : throw ListQuery.Bad("data", "data must be an object");
    }

    /// <summary>Null for what cannot be sent on: nodes are read where they are used, and would throw there.</summary>
    private static JsonObject? Parse(ReadOnlyMemory<byte> value)
    {
        try
        {
            return JsonUnicode.IsWhole(value.Span) ? JsonNode.Parse(value.Span, documentOptions: s_strict) as JsonObject : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private (EditDeadLetter, EditDeadLetter) Made(DeadLetter letter, string type, string key, string? user, byte[] data, Type of)
    {
        var told = new EditDeadLetter
        {
            LetterId = letter.Id.ToString(),
            RecordKey = letter.Record.Key,
            NewType = type,
            NewKey = key,
            NewUserId = user,
            Data = Encoding.UTF8.GetString(data),
        };
        return (told with { Data = Encoding.UTF8.GetString(cipher.Protect(data, of)) }, told);
    }
}
