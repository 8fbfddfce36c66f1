using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Workers.Api.Callers;
using Workers.Api.Http;
using Workers.Contracts.Commands;
using Workers.Engine.Identity;
using Workers.Engine.Options;

namespace Workers.Api.Doors;

/// <summary>API keys: made, listed, revoked. The log and the store have a key's hash; the key itself is in the answer to who made it and nowhere else.</summary>
internal sealed class KeyDoor(SubmissionReader submissions, ControlDoor control, CommandDoor door, KeyRing keys, TimeProvider clock, ApiOptions options)
{
    public const string Path = "/api/v1/keys";

    private const int MaxName = 128;
    private static readonly DoorRoute Creates = new("control", "POST " + Path);
    private static readonly DoorRoute Revokes = new("control", "DELETE " + Path + "/{id}");

    /// <summary><c>{name, owner, roles, expires_at, signed, reason}</c>; the owner is the name where none is given. 201 with the key, 202 where it is not known to all in time.</summary>
    public async Task CreateAsync(HttpContext http)
    {
        var body = await JsonBody.ReadAsync(http, options.MaxBodyBytes, "name", "owner", "roles", "expires_at", "signed", "reason");
        var request = ControlDoor.Because(submissions.Info(http, Creates), body);
        var (id, text) = ApiKey.Make();
        var command = new CreateKey
        {
            KeyId = id,
            Name = NameOf(body, "name") ?? throw ListQuery.Bad("name", "name is required"),
            Owner = NameOf(body, "owner") ?? NameOf(body, "name")!,
            Roles = RolesOf(body),
            Hash = ApiKey.HashOf(text),
            Signing = body.Flag("signed") ? WebhookSignature.MakeSecret() : null,
            ExpiresMs = ExpiryOf(body),
            Reason = request.Reason,
        };
        var submission = control.Made(command, Creates, request);
        var wait = Waiting.Of(http, Creates, options);
        var outcome = await door.RunAsync(submission, wait.Time);
        if (outcome is { State: not Engine.Store.CommandState.Succeeded })
        {
            await door.AnswerAsync(http, Creates, request, submission, outcome, wait.Preference);
            return;
        }

        keys.Ask();
        http.Response.Headers.Location = $"{Path}/{id}";
        http.Response.Headers.CacheControl = "no-store";
        using var json = JsonAnswer.Rent();
        json.Writer.WriteStartObject();
        Write(json.Writer, id, new Described(command.Name, command.Owner, command.Roles, command.Signing is not null, command.ExpiresMs));
        json.Writer.WriteString("key"u8, text);
        json.Writer.WriteText("signing_secret", command.Signing);
        json.Writer.WriteEndObject();
        await json.SendAsync(http, outcome is null ? StatusCodes.Status202Accepted : StatusCodes.Status201Created);
    }

    public async Task RevokeAsync(HttpContext http)
    {
        var body = await JsonBody.ReadAsync(http, options.MaxBodyBytes, "reason");
        var request = ControlDoor.Because(submissions.Info(http, Revokes), body);
        await control.SubmitAsync(http, Revokes, request, new RevokeKey { KeyId = Paths.Id(http, "id"), Reason = request.Reason });
    }

    public async Task ListAsync(HttpContext http)
    {
        var query = new ListQuery(http.Request.Query).Only();
        keys.Ask();
        var all = keys.All.ToList();
        using var json = JsonAnswer.Rent();
        json.Writer.WriteStartObject();
        json.Writer.WriteStartArray("items"u8);
        foreach (var key in all.Skip(query.Offset).Take(query.Limit))
        {
            Write(json.Writer, key);
        }

        json.Writer.WriteEndArray();
        json.Writer.WriteNumber("total"u8, all.Count);
        json.Writer.WriteEndObject();
        await json.SendAsync(http, StatusCodes.Status200OK);
    }

    public async Task OneAsync(HttpContext http)
    {
        keys.Ask();
        var key = keys.Find(Paths.Id(http, "id")) ?? throw new ProblemException(Problem.NotFound("Key"));
        using var json = JsonAnswer.Rent();
        Write(json.Writer, key);
        await json.SendAsync(http, StatusCodes.Status200OK);
    }

    private void Write(Utf8JsonWriter writer, StoredKey key)
    {
        var row = key.Row;
        writer.WriteStartObject();
        Write(writer, key.Id, new Described(row.Name, row.Owner, row.Roles, row.Signing is not null, row.ExpiresMs));
        writer.WriteBoolean("expired"u8, keys.IsExpired(key));
        writer.WriteTime("created_at", row.AtMs);
        writer.WriteString("created_by"u8, row.By);
        writer.WriteTime("last_used_at", row.UsedMs ?? 0);
        writer.WriteText("reason", row.Reason);
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, string id, Described key)
    {
        writer.WriteString("id"u8, id);
        writer.WriteString("name"u8, key.Name);
        writer.WriteString("owner"u8, key.Owner);
        writer.WriteTexts("roles", key.Roles);
        writer.WriteBoolean("signed"u8, key.Signed);
        writer.WriteTime("expires_at", key.ExpiresMs ?? 0);
    }

    private static string? NameOf(JsonBody body, string member) => body.Text(member) is not { } name ? null
        : name.Length <= MaxName && name != Caller.AnonymousName && !name.AsSpan().ContainsAnyExceptInRange(' ', '~') && name == name.Trim() ? name
        : throw ListQuery.Bad(member, $"{member} must be 1 to {MaxName} printable characters, and not {Caller.AnonymousName}");

    private static IReadOnlyList<string> RolesOf(JsonBody body)
    {
        var roles = body.Texts("roles") ?? [];
        return roles.Count > 0 && roles.All(Roles.Names.Contains) ? [.. Roles.Names.Where(roles.Contains)]
            : throw ListQuery.Bad("roles", $"roles must name at least one of {string.Join(", ", Roles.Names)}");
    }

    private long? ExpiryOf(JsonBody body)
    {
        if (body.Text("expires_at") is not { } text)
        {
            return null;
        }

        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) && at > clock.GetUtcNow()
            ? at.ToUnixTimeMilliseconds()
            : throw ListQuery.Bad("expires_at", "expires_at must be a time to come, such as 2027-01-31T12:00:00Z");
    }

    private sealed record Described(string Name, string Owner, IReadOnlyList<string>? Roles, bool Signed, long? ExpiresMs);
}
