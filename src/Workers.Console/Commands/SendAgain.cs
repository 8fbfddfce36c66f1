using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Workers.Engine.Identity;
using Workers.Pages.Frames;
using Workers.Pages.Markup;

namespace Workers.Pages.Commands;

/// <summary>The same command once more, as another one: changed in a form where a caller has sent it, or as a line of curl.</summary>
internal static class SendAgain
{
    // In place of what nobody should read.
    private const string Hidden = "***";

    /// <summary>Whether a form is there: what a flow has sent is answered to that flow, and is repaired there.</summary>
    public static bool IsOffered(Json command) =>
        command["state"].Text is "FAILED" or "CANCELLED" or "UNDONE" && (!command["causation_id"].IsThere || command["causation_id"].Text == command["id"].Text);

    public static Html Of(Visit visit, Json command) => Parts.Section("again", IsOffered(command) ? "Send it again" : "Repeat it", Html.Of($"""
        {Html.If(IsOffered(command), () => Form(visit, command, DataOf(command)))}
        <details id="curl"{(IsOffered(command) ? Html.None : Html.Of($" open"))}><summary>As a line of curl</summary>
        <p>The same command once more, as another one. What is shown as <code>{Hidden}</code> has to be filled in.</p>{Parts.Block(Curl(visit, command), "A line of curl that sends it again")}</details>
        """));

    /// <summary>What was written stays on the page where it is refused before anything was accepted.</summary>
    public static async Task<Page> DoAsync(Visit visit, IFormCollection form)
    {
        var command = await visit.ReadAsync(Uri.EscapeDataString(visit.Segment("id")));
        var text = form["data"].ToString();
        JsonNode? data;
        try
        {
            data = Json.Node(text);
        }
        catch (System.Text.Json.JsonException error)
        {
            return Again(visit, command, text, $"The data is no JSON: {error.Message}");
        }

        if (text.Contains($"\"{Hidden}\"", StringComparison.Ordinal))
        {
            return Again(visit, command, text, $"{Hidden} stands for what nobody should read: write what it is to be.");
        }

        // Accepted at once and shown on its own page, whatever becomes of it.
        var answer = await visit.SendAsync(HttpMethods.Post, "execute-async", new() { ["type"] = command["type"].Text, ["data"] = data });
        return !answer.IsDone ? Again(visit, command, text, "It was not sent. " + answer.Error)
            : Page.Go($"commands/{Uri.EscapeDataString(IdOf(answer.Json))}", "It is sent again, as this command. What becomes of it is shown here.");
    }

    private static string IdOf(Json sent) => sent["id"].IsThere ? sent["id"].Text : sent["command_id"].Text;

    private static Page Again(Visit visit, Json command, string text, string problem) => new(command["type"].Text, CommandsPage.Path, Html.Of($"""
        {Form(visit, command, text)}<p><a href="{visit.Link(CommandsPage.Path, command["id"].Text)}">Back to the command</a></p>
        """))
    { Status = StatusCodes.Status400BadRequest, Notice = new(problem, IsError: true) };

    private static Html Form(Visit visit, Json command, string data) => visit.May(Role.Submitter)
        ? Html.Of($"""
            <form method="post" action="{visit.Link(CommandsPage.Path, command["id"].Text)}/again" class="card">{Acts.Token(visit)}
            {Parts.Area("data", $"Data of {command["type"].Text}", data, Math.Clamp(data.Count(letter => letter == '\n') + 2, 6, 24), $"Change what made it fail. What is shown as {Hidden} has to be filled in.")}
            <button class="main">Send it again</button></form>
            """)
        : Acts.Denied("Send it again", Role.Submitter);

    private static string DataOf(Json command) => command["data"].IsThere ? command["data"].Indented : "{}";

    private static string Curl(Visit visit, Json command)
    {
        var (request, key) = (visit.Http.Request, visit.Me["credential"].Text == "none" ? "" : " -H \"Authorization: Bearer $WORKERS_KEY\"");
        var data = command["data"].IsThere ? command["data"].Text : "{}";
        var body = $$"""{"type":"{{command["type"].Text}}","data":{{data}}}""".Replace("'", "'\\''", StringComparison.Ordinal);
        return $"curl -s {request.Scheme}://{request.Host}{request.PathBase}/api/v1/commands/execute{key} -H 'Content-Type: application/json' -d '{body}'";
    }
}
