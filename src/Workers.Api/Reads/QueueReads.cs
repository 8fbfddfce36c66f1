using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Workers.Api.Http;
using Workers.Engine.Control;
using Workers.Engine.Projections;
using Workers.Engine.Store;
using Workers.Engine.Waiting;

namespace Workers.Api.Reads;

/// <summary>What waits to be executed.</summary>
internal sealed class QueueReads(QueueScan scan, StateReaders readers, IDataMask mask) : IDisposable
{
    private const int AtOnce = 2;

    private readonly SemaphoreSlim _places = new(AtOnce, AtOnce);

    public void Dispose() => _places.Dispose();

    /// <summary>Commands set aside and commands in the log, a partition after the other, by <c>type, kind, key, user_id, state</c>.</summary>
    public async Task ListAsync(HttpContext http)
    {
        var query = new ListQuery(http.Request.Query).Only("type", "kind", "key", "user_id", "state");
        var place = PlaceOf(query.Cursor);

        var look = new QueueLook(http.RequestAborted);
        var found = await ReadAsync(query, place, look);
        var more = found.Count > query.Limit;
        var items = more ? found[..query.Limit] : found;
        await JsonList.SendAsync(http, items, more ? Cursor(items[^1].Place) : null, (writer, item) => CommandResource.Write(writer, item.View), isIncomplete: look.IsIncomplete);
    }

    // Reading the log waits for it, on a thread of its own: whoever asks for this is not to hold up who sends commands. On Kafka each is a connection.
    private async Task<List<Item>> ReadAsync(ListQuery query, QueuePlace place, QueueLook look)
    {
        await _places.WaitAsync(look.Cancellation);
        try
        {
            return await Task.Factory.StartNew(() => Read(query, place, look), look.Cancellation, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }
        finally
        {
            _places.Release();
        }
    }

    private List<Item> Read(ListQuery query, QueuePlace place, QueueLook look)
    {
        using var loan = readers.Rent();
        return [.. scan.Waiting(loan.Reader, place, scan.Ends(), look).Select(ToItem).Where(item => IsAsked(query, item.View)).Take(query.Limit + 1)];
    }

    private Item ToItem(WaitingCommand waiting) => new(
        new CommandView(CommandRow.Shown(waiting.Record, mask), null) { Parked = waiting.Parked, At = (waiting.Record.Where, waiting.Record.Offset) }, waiting.Place);

    private static bool IsAsked(ListQuery query, CommandView view) =>
        Is(query.Text("kind"), view.Row.Kind) && Is(query.Text("key"), view.Row.Key) && Is(query.Text("user_id"), view.Row.UserId)
        && (query.Text("type") is not { } type || type == view.Row.Type || type == view.Row.Kind)
        && Is(query.Text("state")?.ToUpperInvariant(), view.State.Name());

    private static bool Is(string? asked, string? value) => asked is null || asked == value;

    private static string Cursor(QueuePlace place) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(
        string.Create(CultureInfo.InvariantCulture, $"{place.Partition}:{(place.InLog ? "l" : "p")}:{place.Offset}")));

    private static QueuePlace PlaceOf(string? cursor)
    {
        if (cursor is null)
        {
            return QueuePlace.First;
        }

        var parts = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(cursor)).Split(':');
        return parts.Length == 3 && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var partition)
            && parts[1] is "l" or "p" && long.TryParse(parts[2], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var offset)
            ? new QueuePlace(partition, parts[1] == "l", offset)
            : throw ListQuery.Bad("cursor", "cursor must be the next_cursor of an answer");
    }

    private sealed record Item(CommandView View, QueuePlace Place);
}

/// <summary>Pauses as lists show them.</summary>
internal static class PauseRows
{
    public static void Write(Utf8JsonWriter writer, IEnumerable<Pause> pauses)
    {
        writer.WriteStartArray("pauses"u8);
        foreach (var pause in pauses)
        {
            writer.WriteStartObject();
            writer.WriteString("queue"u8, pause.Kind);
            writer.WriteText("type", pause.Type);
            writer.WriteText("key", pause.Key);
            writer.WriteText("reason", pause.Reason);
            writer.WriteTime("until", pause.UntilMs ?? 0);
            writer.WriteTime("at", pause.AtMs);
            writer.WriteString("by"u8, pause.By);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }
}
