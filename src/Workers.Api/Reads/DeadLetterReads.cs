using System.Text.Json;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http;
using Workers.Api.Callers;
using Workers.Api.Http;
using Workers.Contracts.Commands;
using Workers.Contracts.Headers;
using Workers.Engine.Identity;
using Workers.Engine.Log;
using Workers.Engine.Projections;
using Workers.Engine.Store;
using Workers.Engine.Waiting;

namespace Workers.Api.Reads;

/// <summary>What could not be executed: each letter with its bytes, and how many share a cause.</summary>
internal sealed class DeadLetterReads(StateReaders readers, IDataMask mask)
{
    private static readonly string[] s_filters = ["group", "key", "reason", "code", "error_type", "frame", "command_id"];

    public Task ListAsync(HttpContext http)
    {
        var query = new ListQuery(http.Request.Query);
        var before = Cursors.Read(query.Cursor) is { } cursor
            ? (cursor.Ms, Guid.TryParse(cursor.Id, out var id) ? id : throw ListQuery.Bad("cursor", "cursor must be the next_cursor of an answer"))
            : ((long, Guid)?)null;
        var limit = query.Limit;
        using var loan = readers.Rent();

        // Counted first: of letters that arrive meanwhile the list has more than the count, never less.
        var filter = Filter(query);
        var total = loan.Reader.CountDeadLetters(filter);
        var letters = loan.Reader.DeadLetters(filter, before, limit);
        var next = letters.Count == limit ? Cursors.Of(letters[^1].LastMs, letters[^1].Id.ToString()) : null;
        var isOperator = Caller.Of(http).Is(Role.Operator);
        return JsonList.SendAsync(http, letters, next, (writer, letter) => Write(writer, letter, isOperator), total);
    }

    public Task OneAsync(HttpContext http)
    {
        var id = Paths.Ours(http, "Dead letter");
        using var loan = readers.Rent();
        var letter = loan.Reader.DeadLetter(id) ?? throw new ProblemException(Problem.NotFound("Dead letter"));
        using var json = JsonAnswer.Rent();
        Write(json.Writer, letter, Caller.Of(http).Is(Role.Operator));
        return json.SendAsync(http, StatusCodes.Status200OK);
    }

    /// <summary>By cause: error type, code and the top frame of the stack; the most frequent first.</summary>
    public Task GroupsAsync(HttpContext http)
    {
        var query = new ListQuery(http.Request.Query);
        using var loan = readers.Rent();
        var groups = loan.Reader.DeadLetterGroups(Filter(query), query.Limit);
        return JsonList.SendAsync(http, groups, null, static (writer, group) =>
        {
            writer.WriteStartObject();
            writer.WriteString("error_type"u8, group.ErrorType);
            writer.WriteString("code"u8, group.Code);
            writer.WriteText("frame", group.Frame.Length == 0 ? null : group.Frame);
            writer.WriteString("message"u8, group.Message);
            writer.WriteNumber("count"u8, group.Count);
            writer.WriteTime("first_at", group.FirstMs);
            writer.WriteTime("last_at", group.LastMs);
            writer.WriteString("latest_id"u8, group.LatestId);
            writer.WriteEndObject();
        });
    }

    private static DeadLetterFilter Filter(ListQuery list)
    {
        var query = list.Only(s_filters);
        return new(
            query.Text("group"), query.Text("key"), query.Text("reason"), query.Text("code"), query.Id("command_id"), query.Text("error_type"), query.Text("frame"));
    }

    // What other systems sent was encrypted by nobody. Null where it is no JSON, in which nothing can be found.
    private byte[]? Masked(LogRecord record)
    {
        try
        {
            return mask.ApplyAny(record.Value, CommandCatalog.Find(record.Headers.Get(HeaderName.Type) ?? "")?.Type);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    // In anything else there are no names that could be hidden: it may be all of a card.
    private static bool IsObject(byte[] json)
    {
        var reader = new Utf8JsonReader(json);
        return reader.Read() && reader.TokenType == JsonTokenType.StartObject;
    }

    private void Write(Utf8JsonWriter writer, DeadLetter letter, bool isOperator)
    {
        var record = letter.Record;
        writer.WriteStartObject();
        writer.WriteString("id"u8, letter.Id);
        writer.WriteString("reason"u8, letter.Reason);
        writer.WriteString("error_type"u8, letter.ErrorType);
        writer.WriteString("code"u8, letter.Code);
        writer.WriteString("message"u8, letter.Message);
        writer.WriteString("group"u8, letter.Group);
        writer.WriteString("handler"u8, letter.Handler);
        writer.WriteString("topic"u8, record.Topic);
        writer.WriteNumber("partition"u8, record.Partition);
        writer.WriteNumber("offset"u8, record.Offset);
        writer.WriteString("key"u8, record.Key);
        WriteData(writer, record, isOperator);
        writer.WriteNumber("attempts"u8, letter.Attempts);
        writer.WriteTime("first_at", letter.FirstMs);
        writer.WriteTime("last_at", letter.LastMs);
        writer.WriteString("command_id"u8, record.Id);
        writer.WriteText("worker", letter.Worker);
        if (letter is { Original: { } original, Edited: { } edit })
        {
            writer.WriteStartObject("original"u8);
            writer.WriteString("key"u8, original.Key);
            WriteData(writer, original, isOperator);
            writer.WriteEndObject();
            writer.WriteStartObject("edited"u8);
            writer.WriteString("by"u8, edit.By);
            writer.WriteTime("at", edit.AtMs);
            writer.WriteText("reason", edit.Reason);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }

    private void WriteData(Utf8JsonWriter writer, LogRecord record, bool isOperator)
    {
        writer.WriteText("type", record.Headers.Get(HeaderName.Type));
        writer.WriteStartObject("headers"u8);
        foreach (var (name, value) in record.Headers.All())
        {
            writer.WriteString(name, value);
        }

        writer.WriteEndObject();
        if (isOperator)
        {
            writer.WriteBase64String("value_base64"u8, record.Value.Span);
        }

        if (Masked(record) is { } text && (isOperator || IsObject(text)))
        {
            writer.WriteString("value_text"u8, text);
        }
        else if (isOperator && Utf8.IsValid(record.Value.Span))
        {
            writer.WriteString("value_text"u8, record.Value.Span);
        }
    }
}
