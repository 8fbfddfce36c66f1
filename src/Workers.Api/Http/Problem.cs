using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;
using Workers.Contracts.Commands;
using Workers.Contracts.Reading;

namespace Workers.Api.Http;

/// <summary>Why a request was not done: RFC 9457 problem details with the documents' own <c>error</c>.</summary>
/// <param name="Code">For programs, such as <c>VALIDATION</c>.</param>
/// <param name="Error">The sentence that a person reads.</param>
internal sealed record Problem(int Status, string Code, string Error)
{
    public const string MediaType = "application/problem+json";

    public IReadOnlyList<FieldError> Errors { get; init; } = [];

    /// <summary>What would do instead; null where there is nothing to list.</summary>
    public IReadOnlyList<string>? Candidates { get; init; }

    public string? CommandId { get; init; }

    public string? QueryId { get; init; }

    /// <summary>Whether the same request may succeed later.</summary>
    public bool Retryable { get; init; }

    /// <summary>Seconds until it is worth trying again.</summary>
    public int? RetryAfter { get; init; }

    public static Problem Validation(string message, params IReadOnlyList<FieldError> errors) =>
        new(StatusCodes.Status400BadRequest, ReadFailure.Validation, "Validation error: " + message) { Errors = errors };

    public static Problem Of(ReadFailure failure, string? commandId) => new(StatusCodes.Status400BadRequest, failure.Code, "Validation error: " + failure.Message)
    {
        Errors = failure.Errors,
        Candidates = failure.Candidates is { Count: > 0 } names ? names : null,
        CommandId = commandId,
    };

    public static Problem NotFound(string what) => new(StatusCodes.Status404NotFound, "NOT_FOUND", $"{what} not found");

    /// <summary>A path's id that is none.</summary>
    public static Problem BadId(string name)
    {
        var sentence = $"{name} must be 1 to {IdRules.MaxLength} printable characters without / \\ ? # % and no reserved word";
        return Validation(sentence, new FieldError(name, sentence));
    }

    public static Problem Unauthorized(string why) => new(StatusCodes.Status401Unauthorized, "UNAUTHORIZED", why);

    public static Problem TooLarge(long limit) => new(StatusCodes.Status413PayloadTooLarge, "TOO_LARGE", $"The body is longer than {limit} bytes");

    public static Problem KeyReused(string? commandId) =>
        new(StatusCodes.Status422UnprocessableEntity, "IDEMPOTENCY_KEY_REUSED", "This idempotency key was used with other data") { CommandId = commandId };

    public static Problem Unavailable(string code, string error) =>
        new(StatusCodes.Status503ServiceUnavailable, code, error) { Retryable = true, RetryAfter = 1 };

    public Task WriteAsync(HttpContext http)
    {
        if (RetryAfter is { } seconds)
        {
            http.Response.Headers.RetryAfter = seconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
        }

        if (Status is StatusCodes.Status413PayloadTooLarge or StatusCodes.Status408RequestTimeout || IsTooLong(http))
        {
            // The server ends the connection rather than read so long a body. Said before, so that no caller sends its next request there.
            http.Response.Headers.Connection = "close";
        }

        using var json = JsonAnswer.Rent();
        Write(json, http);
        return json.SendAsync(http, Status, MediaType);
    }

    private static bool IsTooLong(HttpContext http) =>
        http.Request.ContentLength > http.Features.Get<IHttpMaxRequestBodySizeFeature>()?.MaxRequestBodySize;

    private void Write(JsonAnswer json, HttpContext http)
    {
        var writer = json.Writer;
        writer.WriteStartObject();
        writer.WriteString("type"u8, "about:blank"u8);
        writer.WriteString("title"u8, ReasonPhrases.GetReasonPhrase(Status));
        writer.WriteNumber("status"u8, Status);
        writer.WriteString("detail"u8, Error);
        writer.WriteString("error"u8, Error);
        writer.WriteString("code"u8, Code);
        if (Errors.Count > 0)
        {
            writer.WriteStartObject("errors"u8);
            foreach (var field in Errors.GroupBy(error => error.Field.Length == 0 ? "body" : error.Field))
            {
                writer.WriteStartArray(field.Key);
                foreach (var error in field)
                {
                    writer.WriteStringValue(error.Message);
                }

                writer.WriteEndArray();
            }

            writer.WriteEndObject();
        }

        writer.WriteTexts("candidates", Candidates);
        writer.WriteText("command_id", CommandId);
        writer.WriteText("query_id", QueryId);
        writer.WriteString("trace_id"u8, TraceIdOf(http));
        writer.WriteBoolean("retryable"u8, Retryable);
        writer.WriteEndObject();
    }

    public static string TraceIdOf(HttpContext http) => Activity.Current?.TraceId.ToHexString() ?? http.TraceIdentifier;
}

/// <summary>Ends a request with a problem, from wherever it is found.</summary>
internal sealed class ProblemException(Problem problem) : Exception(problem.Error)
{
    public Problem Problem { get; } = problem;
}
