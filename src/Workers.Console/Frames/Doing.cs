using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Workers.Pages.Frames;

/// <summary>Does what a form asks for at the API's own door, and says on the next page what it came to.</summary>
internal static class Doing
{
    /// <param name="visit">Whose.</param>
    /// <param name="form">Its <c>reason</c> goes with the request.</param>
    /// <param name="method">Of the request.</param>
    /// <param name="path">Below <c>/api/v1/commands</c>.</param>
    /// <param name="next">The page that follows, below the console's root.</param>
    /// <param name="done">What is said when it is done.</param>
    /// <param name="begun">The same where it is accepted and not done yet; null for the same sentence.</param>
    /// <param name="body">Further members.</param>
    public static async Task<Page> Async(
        Visit visit, IFormCollection form, string method, string path, string next, string done, string? begun = null, JsonObject? body = null)
    {
        body ??= [];
        if (form["reason"].ToString().Trim() is { Length: > 0 } reason)
        {
            body["reason"] = reason;
        }

        var answer = await visit.SendAsync(method, path, body);
        return answer.IsDone
            ? Page.Go(next, answer.Status == StatusCodes.Status202Accepted ? begun ?? done : done)
            : Page.Go(next, "That was not done. " + answer.Error, isError: true);
    }

    /// <summary>A time out of a form: what people write of one, read as UTC where it says no zone. Null for none.</summary>
    /// <exception cref="FormatException">It is no time; the message is for people.</exception>
    public static string? Time(IFormCollection form, string name)
    {
        var text = form[name].ToString().Trim();
        return text.Length == 0 ? null
            : DateTimeOffset.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, System.Globalization.DateTimeStyles.AssumeUniversal, out var time) ? Markup.Words.Iso(time)
            : throw new FormatException($"{text} is no time such as 2026-01-31 12:00");
    }
}
