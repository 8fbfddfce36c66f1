using Workers.Api.Http;

namespace Workers.Api.Doors;

/// <summary>Why an operator does something: in the body, the query or <c>X-Reason</c>.</summary>
internal static class Reason
{
    private const int Most = 1_000;

    /// <summary>Null where none is given.</summary>
    /// <exception cref="ProblemException">It is too long.</exception>
    public static string? Of(JsonBody body, RequestInfo request) => (body.Text("reason") ?? request.Reason) is not { } reason ? null
        : reason.Length <= Most ? reason
        : throw Wrong();

    /// <summary>The same where there must be one.</summary>
    /// <exception cref="ProblemException">There is none, or it is too long.</exception>
    public static string Required(JsonBody body, RequestInfo request) => Of(body, request) ?? throw Wrong();

    private static ProblemException Wrong() => ListQuery.Bad("reason", $"reason must be between 1 and {Most} characters");
}
