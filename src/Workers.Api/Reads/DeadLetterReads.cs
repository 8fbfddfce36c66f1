using System.Text.Json;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http;
using Workers.Api.Http;
using Workers.Engine.Store;
using Workers.Engine.Waiting;

namespace Workers.Api.Reads;

/// <summary>What could not be executed: each letter with its bytes, and how many share a cause.</summary>
internal sealed class DeadLetterReads(StateReaders readers)
{
    // Groups are counted over the newest so many; a list that long is read in groups first of all.
    private const int MaxGrouped = 10_000;

    public Task ListAsync(HttpContext http)
    {
        var query = new ListQuery(http.Request.Query);
        var before = Cursors.Read(query.Cursor) is { } cursor
            ? (cursor.Ms, Guid.TryParse(cursor.Id, out var id) ? id : throw ListQuery.Bad("cursor", "cursor must be the next_cursor of an answer"))
            : ((long, Guid)?)null;
        var limit = query.Limit;
        using var loan = readers.Rent();

        // Counted first: of letters that arrive meanwhile the list has more than the count, never less.
        var total = loan.Reader.CountDeadLetters();
        var letters = loan.Reader.DeadLetters(Filter(query), before, limit);
        var next = letters.Count == limit ? Cursors.Of(letters[^1].LastMs, letters[^1].Id.ToString()) : null;
        return JsonList.SendAsync(http, letters, next, Write, total);
    }

    public Task OneAsync(HttpContext http)
    {
        var id = Paths.Ours(http, "Dead letter");
        using var loan = readers.Rent();
        var letter = loan.Reader.DeadLetter(id) ?? throw new ProblemException(Problem.NotFound("Dead letter"));
        using var json = JsonAnswer.Rent();
        Write(json.Writer, letter);
        return json.SendAsync(http, StatusCodes.Status200OK);
    }

    /// <summary>By cause: error type, code and the top frame of the stack; the largest first.</summary>
    public Task GroupsAsync(HttpContext http)
    {
        using var loan = readers.Rent();
        var groups = loan.Reader.DeadLetters(Filter(new ListQuery(http.Request.Query)), null, MaxGrouped)
            .GroupBy(letter => (letter.ErrorType, letter.Code, Frame: TopFrame(letter.Stack)))
            .OrderByDescending(group => group.Count()).ToList();
        return JsonList.SendAsync(http, groups, null, static (writer, group) =>
        {
            writer.WriteStartObject();
            writer.WriteString("error_type"u8, group.Key.ErrorType);
            writer.WriteString("code"u8, group.Key.Code);
            writer.WriteText("frame", group.Key.Frame);
            writer.WriteString("message"u8, group.First().Message);
            writer.WriteNumber("count"u8, group.Count());
            writer.WriteTime("first_at", group.Min(letter => letter.FirstMs));
            writer.WriteTime("last_at", group.Max(letter => letter.LastMs));
            writer.WriteString("latest_id"u8, group.First().Id);
            writer.WriteEndObject();
        });
    }

    private static DeadLetterFilter Filter(ListQuery list)
    {
        var query = list.Only("group", "key", "reason", "code", "command_id");
        return new(query.Text("group"), query.Text("key"), query.Text("reason"), query.Text("code"), query.Id("command_id"));
    }

    private static string? TopFrame(string stack)
    {
        var end = stack.IndexOf('\n', StringComparison.Ordinal);
        var frame = (end < 0 ? stack : stack[..end]).Trim();
        return frame.Length == 0 ? null : frame;
    }

    private static void Write(Utf8JsonWriter writer, DeadLetter letter)
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
        writer.WriteStartObject("headers"u8);
        foreach (var (name, value) in record.Headers.All())
        {
            writer.WriteString(name, value);
        }

        writer.WriteEndObject();
        writer.WriteBase64String("value_base64"u8, record.Value.Span);
        if (Utf8.IsValid(record.Value.Span))
        {
            writer.WriteString("value_text"u8, record.Value.Span);
        }

        writer.WriteNumber("attempts"u8, letter.Attempts);
        writer.WriteTime("first_at", letter.FirstMs);
        writer.WriteTime("last_at", letter.LastMs);
        writer.WriteString("command_id"u8, record.Id);
        writer.WriteText("worker", letter.Worker);
        writer.WriteEndObject();
    }
}
