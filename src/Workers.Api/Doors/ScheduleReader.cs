using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Workers.Api.Http;
using Workers.Contracts.Commands;
using Workers.Domain.Schedules;
using Workers.Engine.Encryption;

namespace Workers.Api.Doors;

/// <summary>What a body wants of a schedule, and whether that is another one than there is.</summary>
internal sealed class ScheduleReader(SubmissionReader submissions, DataCipher cipher)
{
    private static readonly DoorRoute Route = new("control", "POST /api/v1/commands/schedule");
    private static readonly byte[] s_hidden = Encoding.UTF8.GetBytes(Sensitive.Hidden);

    /// <summary>The schedule that a body means; its secrets as they were sent: they are encrypted with the command that has it kept.</summary>
    /// <param name="http">Who asks.</param>
    /// <param name="body">What they sent.</param>
    /// <param name="id">Its id.</param>
    /// <param name="before">The one that it changes; null for none.</param>
    /// <exception cref="ProblemException">It is none.</exception>
    public Schedule Read(HttpContext http, JsonBody body, string id, Schedule? before)
    {
        // The command has an id of its own at each time: none of the request's.
        var command = submissions.Read(CommandOf(body, before), Route, submissions.Info(http, Route), null, out var problem);
        var schedule = command is null ? throw new ProblemException(problem!) : ScheduleBody.Read(body, id, command);
        return schedule with { Data = Parsed(Revealed(schedule)) };
    }

    /// <summary>Whether there is nothing to change; whoever made it, and however its secrets are encrypted.</summary>
    public bool IsSame(Schedule before, Schedule wanted) =>
        Plain(wanted with { Source = before.Source, Pause = before.Pause, By = before.By, CommandBy = before.CommandBy, FromMs = before.FromMs, CreatedMs = before.CreatedMs, UpdatedMs = before.UpdatedMs })
            .AsSpan().SequenceEqual(Plain(before));

    /// <summary>As commands carry it.</summary>
    public static Dictionary<string, JsonElement> DefinitionOf(Schedule schedule)
    {
        using var document = JsonDocument.Parse(schedule.ToBytes());
        return document.RootElement.EnumerateObject().ToDictionary(member => member.Name, member => member.Value.Clone());
    }

    private byte[] CommandOf(JsonBody body, Schedule? before)
    {
        var sent = DelayedDoor.CommandOf(body);
        if (before is null || sent.AsSpan().IndexOf(s_hidden) < 0)
        {
            return sent;
        }

        var (command, known) = (JsonNode.Parse(sent)!.AsObject(), JsonNode.Parse(Revealed(before)));
        if (command["data"] is JsonObject data)
        {
            command["data"] = HiddenValues.Keep(data, known);
            return JsonSerializer.SerializeToUtf8Bytes(command);
        }

        return JsonSerializer.SerializeToUtf8Bytes(HiddenValues.Keep(command, known));
    }

    private byte[] Revealed(Schedule schedule)
    {
        try
        {
            return cipher.Reveal(DataOf(schedule), CommandCatalog.FindOrCustom(schedule.CommandType).Type);
        }
        catch (Exception error) when (error is DataKeyMissingException or CryptographicException)
        {
            throw ListQuery.Bad("command", "command has a hidden value that cannot be read any more: send a new one");
        }
    }

    private byte[] Plain(Schedule schedule)
    {
        byte[] data;
        try
        {
            data = Revealed(schedule);
        }
        catch (ProblemException)
        {
            data = DataOf(schedule);
        }

        return (schedule with { Data = Parsed(data) }).ToBytes();
    }

    private static JsonElement Parsed(byte[] json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.Clone();
    }

    // The key that the door made is another one each time.
    private static byte[] DataOf(Schedule schedule) => JsonWriting.ToBytes(schedule, static (one, writer) =>
    {
        writer.WriteStartObject();
        foreach (var member in one.Data.EnumerateObject().Where(member => member.Name != one.KeyMember))
        {
            member.WriteTo(writer);
        }

        writer.WriteEndObject();
    });
}
