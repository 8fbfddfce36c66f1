using System.Text.Json;
using Workers.Contracts.Json;
using Workers.Engine.Store;

namespace Workers.Engine.Commands;

/// <summary>What a command ends with: its state, the HTTP status of the finished answer, and the answer's JSON.</summary>
/// <param name="Code">Of a failure; null on success.</param>
public sealed record Reply(CommandState State, int Status, byte[] Body, string? Code = null, string? Message = null)
{
    /// <summary>The effect's result will end it.</summary>
    public static Reply Deferred { get; } = new(CommandState.Running, 202, []);

    public static Reply Ok(byte[] body, int status = 200) => new(CommandState.Succeeded, status, body);

    /// <summary>A business rule said no.</summary>
    public static Reply Refused(string code, string message, int status = 400) => Failure(CommandState.Failed, code, message, status);

    /// <summary>Nobody could execute it.</summary>
    public static Reply DeadLettered(string code, string message) => Failure(CommandState.DeadLettered, code, message, 500);

    internal static Reply Failure(CommandState state, string code, string message, int status)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, JsonWriting.Options))
        {
            json.WriteStartObject();
            json.WriteString("code", code);
            json.WriteString("message", message);
            json.WriteEndObject();
        }

        return new Reply(state, status, buffer.ToArray(), code, message);
    }
}
