using System.Text.Json;
using Workers.Contracts.Commands;
using Workers.Contracts.Events;
using Workers.Engine.Commands;
using Workers.Engine.Control;
using Workers.Engine.Store;

namespace Workers.Handlers.Commands;

/// <summary>API keys: made, revoked, and when they were used.</summary>
internal static class Keys
{
    public static void Register(HandlerList handlers) => handlers
        .On<CreateKey>(null, Create)
        .On<RevokeKey>(null, Revoke)
        .On<RecordKeyUse>(null, Use);

    private static Reply Create(CreateKey command, CommandContext context)
    {
        if (Find(command.KeyId, context) is not null)
        {
            return Reply.Refused("ALREADY_EXISTS", $"There is a key {command.KeyId}", 409);
        }

        var key = new KeyRow(
            command.Name, command.Owner, command.Roles ?? [], command.Hash, command.Signing, command.ExpiresMs, UsedMs: null, command.Reason, context.Caller, Ms(context));
        context.Write(ControlData.Write(command.KeyId, key, Ms(context)));
        context.Announce(new KeyCreated { KeyId = command.KeyId, Reason = command.Reason, After = Told(key) });
        return Reply.Ok(ControlAnswers.Bytes(json => Write(json, command.KeyId, key)), 201);
    }

    private static Reply Revoke(RevokeKey command, CommandContext context)
    {
        if (Find(command.KeyId, context) is not { } key)
        {
            return Reply.Refused("NOT_FOUND", "Key not found", 404);
        }

        context.Write(new ControlWrite(ControlKinds.Key, command.KeyId, Ms(context), null));
        context.Announce(new KeyRevoked { KeyId = command.KeyId, Reason = command.Reason, Before = Told(key) });
        return Reply.Ok(ControlAnswers.Bytes(json =>
        {
            Write(json, command.KeyId, key);
            json.WriteBoolean("revoked", true);
        }));
    }

    private static Reply Use(RecordKeyUse command, CommandContext context)
    {
        if (Find(command.KeyId, context) is { } key && !(key.UsedMs > command.UsedMs - KeyRow.UseStepMs))
        {
            context.Write(ControlData.Write(command.KeyId, key with { UsedMs = command.UsedMs }, Ms(context)));
        }

        return Reply.Ok("{}"u8.ToArray());
    }

    private static void Write(Utf8JsonWriter json, string id, KeyRow key)
    {
        json.WriteString("id", id);
        json.WriteString("name", key.Name);
        json.WriteString("owner", key.Owner);
        json.WriteStartArray("roles");
        foreach (var role in key.Roles)
        {
            json.WriteStringValue(role);
        }

        json.WriteEndArray();
        json.WriteBoolean("signed", key.Signing is not null);
        if (key.ExpiresMs is { } ms)
        {
            json.WriteString("expires_at", DateTimeOffset.FromUnixTimeMilliseconds(ms).UtcDateTime);
        }
    }

    // Neither hash nor signing secret.
    private static Dictionary<string, JsonElement>? Told(KeyRow key) => ControlAnswers.Members(ControlAnswers.Bytes(json => Write(json, "", key)))
        ?.Where(member => member.Key != "id").ToDictionary();

    private static KeyRow? Find(string id, CommandContext context) =>
        context.FindControl(ControlKinds.Key, id) is { } data ? ControlData.ReadKey(new ControlRow(ControlKinds.Key, id, 0, 0, data)) : null;

    private static long Ms(CommandContext context) => context.Now.ToUnixTimeMilliseconds();
}
