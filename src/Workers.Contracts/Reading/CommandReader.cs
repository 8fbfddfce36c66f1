using System.Text.Json;
using Workers.Contracts.Commands;

namespace Workers.Contracts.Reading;

/// <summary>
/// Reads a request's body, in all the forms that callers may write, into one typed, normalised and valid command.
/// Keeps nothing between calls; safe for concurrent use.
/// </summary>
public sealed class CommandReader(RuleSettings? settings = null)
{
    private static readonly ReadOnlyMemory<byte> NoMembers = "{}"u8.ToArray();

    private readonly RuleSettings _settings = settings ?? RuleSettings.Default;

    /// <param name="body">UTF-8 JSON; empty counts as <c>{}</c> where the command is said outside it.</param>
    /// <param name="request">What the door says beside it.</param>
    public CommandReading Read(ReadOnlyMemory<byte> body, ReadRequest request)
    {
        if (body.Span.Trim(" \t\r\n"u8).IsEmpty)
        {
            if (request is { Command: null, Said: null })
            {
                return Failed(ReadFailure.Of(ReadFailure.Malformed, "The body is empty"));
            }

            body = NoMembers;
        }

        using var document = Body.Parse(body, out var failure);
        return document is null ? Failed(failure!) : Read(document.RootElement, request);
    }

    private CommandReading Read(JsonElement root, ReadRequest request)
    {
        var members = new Members(root);
        var errors = new FieldErrors();
        var info = Naming.Of(request, members, out var failure);
        if (info is null)
        {
            return Failed(failure!) with { CommandId = TakeCommandId(members, new FieldErrors()) };
        }

        Envelope.Open(info, members, errors);
        var reading = new CommandReading { Info = info, Key = "", CommandId = TakeCommandId(members, errors) };
        var form = FormOf(info, members, request);
        var command = Typed(info, members, request, errors);
        var made = SetKey(command, request, reading, errors);
        foreach (var error in info.Validate(command, form, _settings))
        {
            errors.AddUnlessKnown(error);
        }

        request.Rules?.Check(info, command, errors.AddUnlessKnown);
        reading = reading with { Key = info.GetKey(command), KeyWasMade = made };
        return errors.Any ? reading with { Failure = errors.ToFailure() } : reading with { Command = command };
    }

    private static CommandReading Failed(ReadFailure failure) => new() { Failure = failure, Key = "" };

    private static string? TakeCommandId(Members members, FieldErrors errors)
    {
        if (members.Find("command_id") is not { } value)
        {
            return null;
        }

        members.Remove("command_id");
        var text = value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        if (value.ValueKind == JsonValueKind.Null || text?.Length == 0)
        {
            return null;
        }

        if (IdRules.IsId(text))
        {
            return text;
        }

        errors.Add(new("command_id", Sentences.Id("command_id")));
        return null;
    }

    private static Forms FormOf(CommandInfo info, Members members, ReadRequest request)
    {
        if (!request.IsResource || info.Type != typeof(CreateOrder))
        {
            return request.IsResource ? Forms.Orders : Forms.Loose;
        }

        var loose = members.Has("user_id") && !members.Has("customer_id") && !members.Has("shipping_address");
        return loose ? Forms.Orders : Forms.Strict;
    }

    private static object Typed(CommandInfo info, Members members, ReadRequest request, FieldErrors errors)
    {
        var scratch = Scratch.OfThread;
        MemberWriter.Write(scratch.Begin(), info, members, request, errors);
        try
        {
            return info.Read(scratch.Finish());
        }
        catch (JsonException cause)
        {
            // Not reached by anything known: the writer above has checked every shape.
            errors.Add(new("", $"{cause.Path} is not valid"));
            return info.Read("{}"u8);
        }
    }

    private static bool SetKey(object command, ReadRequest request, CommandReading reading, FieldErrors errors)
    {
        var info = reading.Info!;
        var key = info.GetKey(command);
        if (request.Key is { } said)
        {
            if (key.Length > 0 && key != said)
            {
                errors.Add(new(info.KeyField.Name, $"{info.KeyField.Name} must be {request.KeyName}"));
            }

            info.SetKey(command, said);
        }
        else if (key.Length == 0 && info.KeyIsMade)
        {
            info.SetKey(command, request.MakeKey(info, reading.CommandId));
            return true;
        }

        return false;
    }
}
