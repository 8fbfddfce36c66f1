using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Workers.Api.Http;
using Workers.Contracts.Commands;
using Workers.Contracts.Reading;
using Workers.Engine.Store;

namespace Workers.Api.Doors;

/// <summary>An outcome that is no success, as a problem.</summary>
internal static class OutcomeProblem
{
    public static Problem Of(Outcome outcome, string commandId)
    {
        var (code, message, errors) = Read(outcome.Body);
        var (status, fallback) = outcome.State switch
        {
            CommandState.Cancelled => (StatusCodes.Status409Conflict, "CANCELLED"),
            CommandState.DeadLettered => (StatusCodes.Status500InternalServerError, "DEAD_LETTERED"),
            _ => (StatusCodes.Status400BadRequest, "FAILED"),
        };
        status = outcome.Status >= 400 ? outcome.Status : status;
        message ??= outcome.State == CommandState.Cancelled ? "The command was cancelled" : "The command failed";
        return new Problem(status, code ?? fallback, code == ReadFailure.Validation ? "Validation error: " + message : message)
        {
            Errors = errors,
            CommandId = commandId,
            Retryable = code == "VERSION_CONFLICT",
        };
    }

    /// <summary>The members of <c>{"code","message","errors"?}</c>.</summary>
    private static (string? Code, string? Message, IReadOnlyList<FieldError> Errors) Read(byte[] body)
    {
        if (body.Length == 0)
        {
            return (null, null, []);
        }

        using var document = JsonDocument.Parse(body);
        var root = document.RootElement;
        return (Text(root, "code"), Text(root, "message"), Errors(root));
    }

    private static string? Text(JsonElement root, string name) =>
        root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static List<FieldError> Errors(JsonElement root)
    {
        var errors = new List<FieldError>();
        if (root.TryGetProperty("errors", out var fields) && fields.ValueKind == JsonValueKind.Object)
        {
            foreach (var field in fields.EnumerateObject().Where(field => field.Value.ValueKind == JsonValueKind.Array))
            {
                errors.AddRange(field.Value.EnumerateArray().Select(message => new FieldError(field.Name, message.ToString())));
            }
        }

        return errors;
    }
}
