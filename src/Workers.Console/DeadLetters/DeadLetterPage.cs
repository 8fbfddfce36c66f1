using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Workers.Contracts.Commands;
using Workers.Engine.Identity;
using Workers.Pages.Frames;
using Workers.Pages.Insights;
using Workers.Pages.Markup;

namespace Workers.Pages.DeadLetters;

/// <summary>One dead letter: what it is, why it is here, and putting it right, back or away.</summary>
internal static class DeadLetterPage
{
    private const string StackHeader = "workers-error-stack";

    // What it becomes is a command of whoever edits it.
    private const Role MayEdit = Role.Operator | Role.Submitter;

    public static async Task<Page> ShowAsync(Visit visit)
    {
        var letter = await visit.ReadAsync($"dead-letters/{Of(visit)}");
        return Shown(visit, letter, null, null, await HandlerAsync(visit, letter));
    }

    public static Task<Page> ReplayAsync(Visit visit, IFormCollection form) => Doing.Async(
        visit, form, HttpMethods.Post, $"dead-letters/{Of(visit)}/replay", After(form), "It went back, behind what waits at its key. What it comes to is shown here.");

    public static Task<Page> DiscardAsync(Visit visit, IFormCollection form) => Doing.Async(
        visit, form, HttpMethods.Post, $"dead-letters/{Of(visit)}/discard", DeadLettersPage.Path, "It is discarded. The audit trail keeps what it was.");

    /// <summary>What was written stays on the page where it is refused.</summary>
    public static async Task<Page> EditAsync(Visit visit, IFormCollection form)
    {
        var (type, text) = (form["type"].ToString().Trim(), form["data"].ToString());
        JsonNode? data;
        try
        {
            data = Json.Node(text);
        }
        catch (System.Text.Json.JsonException error)
        {
            return await AgainAsync(visit, type, text, $"The data is no JSON: {error.Message}");
        }

        var answer = await visit.SendAsync(HttpMethods.Put, $"dead-letters/{Of(visit)}", new() { ["type"] = type, ["data"] = data, ["reason"] = form["reason"].ToString() });
        return answer.IsDone ? Page.Go($"dead-letters/{Of(visit)}", "It is edited; the original is kept. Now replay it.") : await AgainAsync(visit, type, text, "It was not edited. " + answer.Error);
    }

    private static async Task<Page> AgainAsync(Visit visit, string type, string text, string problem) =>
        Shown(visit, await visit.ReadAsync($"dead-letters/{Of(visit)}"), type, text) with { Status = StatusCodes.Status400BadRequest, Notice = new(problem, IsError: true) };

    /// <summary>Where it is here because a handler of ours was taken out, and that is still so: bringing it back.</summary>
    private static async Task<Html> HandlerAsync(Visit visit, Json letter)
    {
        if (letter["code"].Text != "UNREGISTERED" || CommandCatalog.Find(letter["type"].Text) is not { } command || await visit.AskAsync($"handlers/{command.Kind}") is not { IsDone: true } answer)
        {
            return Html.None;
        }

        return answer.Json["registered"].Flag ? Html.Of($"<p>The handler {command.Kind} executes again: replay it.</p>")
            : Html.Of($"<p>Bring the handler back, then replay it.</p>{WorkersPage.BringBack(visit, command.Kind, letter["id"].Text)}");
    }

    private static string Of(Visit visit) => Uri.EscapeDataString(visit.Segment("id"));

    private static string After(IFormCollection form) => Guid.TryParse(form["command"].ToString(), out var id) ? $"commands/{id}" : DeadLettersPage.Path;

    private static Page Shown(Visit visit, Json letter, string? type, string? data, Html handler = default)
    {
        var (path, command) = ($"dead-letters/{letter["id"].Text}", letter["command_id"].Text);
        var name = letter["type"].IsThere ? letter["type"].Text : "Unreadable record";
        var now = TextOf(letter);
        return new Page($"Dead letter: {name}", DeadLettersPage.Path, Html.Of($"""
            <div class="answer bad"><h2>{Icons.Alarm}{letter["code"].Text}</h2><p>{letter["message"].Text}</p><p class="quiet">{letter["error_type"].Text} · {Words.Of(letter["reason"].Text)}</p>
            {(handler.IsEmpty ? Html.Of($"<p>Mend the cause, or edit what it says below; then replay it. Discard what is not to be executed any more.</p>") : handler)}</div>
            {Facts(visit, letter)}
            {Html.If(letter["original"].IsThere, () => Parts.Section("changed", "Edited", Html.Of($"<p>By {letter["edited"]["by"].Text} {Parts.Time(letter["edited"]["at"].Time, visit.Now)}: {letter["edited"]["reason"].Text}</p>{Diff.Of(TextOf(letter["original"]), now)}")))}
            {Html.If(letter["group"].Text == "commands" && letter["type"].IsThere, () => Edit(visit, letter, path, type, data ?? now))}
            {Html.If(letter["group"].Text != "commands" || !letter["type"].IsThere, () => Parts.Section("value", "What it says", Parts.Block(now.Length == 0 ? "Its bytes are shown to operators." : now, "The record")))}
            {Html.If(letter["headers"][StackHeader].IsThere, () => Parts.Section("stack", "Where it was thrown", Parts.Block(letter["headers"][StackHeader].Text, "Stack")))}
            {Headers(letter)}
            """))
        {
            Actions = Html.Of($"""
                {Acts.Reasoned(visit, path + "/replay", "Replay", Role.Operator, "It goes back to its own key, behind what waits there, and is executed once more.", fields: Parts.Hidden("command", command))}
                {Acts.Reasoned(visit, path + "/discard", "Discard", Role.Operator, "It is taken off the desk and never executed.", isGrave: true)}
                """),
        };
    }

    private static Html Facts(Visit visit, Json letter) => Parts.Facts(
        ("Command", Html.Of($"""<a href="{visit.Link("commands", letter["command_id"].Text)}">{letter["command_id"].Text}</a>""")),
        ("About", Parts.Code(letter["key"].Text)), ("Attempts", Parts.Text(Words.Count(letter["attempts"].Number))),
        ("First", Parts.Exactly(letter["first_at"].Time)), ("Last", Parts.Exactly(letter["last_at"].Time)),
        ("Handler", Parts.Text($"{letter["group"].Text}, {letter["handler"].Text}")), ("Worker", letter["worker"].IsThere ? Parts.Code(letter["worker"].Text) : Html.None),
        ("In the log", Parts.Code($"{letter["topic"].Text} {letter["partition"].Text} at {letter["offset"].Text}")));

    private static Html Edit(Visit visit, Json letter, string path, string? type, string data) => Parts.Section("edit", "What it says", visit.MayAll(MayEdit)
        ? Html.Of($"""
            <form method="post" action="{visit.Root}{path}/edit" class="card">{Acts.Token(visit)}
            {Parts.Input("type", "Name", type ?? letter["type"].Text, required: true)}
            {Parts.Area("data", "Data", data, Math.Clamp(data.Count(letter => letter == '\n') + 2, 6, 24), "What is shown as *** stays what it is where it is sent back so.")}
            {Parts.Input("reason", "Reason", hint: "The audit trail keeps it.")}
            <button class="main">Save the edit</button></form>
            """)
        : Html.Of($"""{Parts.Block(data, "Data of the command")}<p class="quiet">To edit it {Acts.NeededAll(MayEdit)}.</p>"""));

    private static Html Headers(Json letter) => Parts.Section("headers", "Headers", Parts.Table(
        "Headers of the record", ["Name", "Value"],
        [.. letter["headers"].Members.Where(one => one.Name != StackHeader).Select(one => Html.Of($"<tr><th scope=\"row\">{one.Name}</th><td>{Parts.Code(one.Value.Text)}</td></tr>"))], Html.Of($"It has none.")));

    public static string TextOf(Json letter) => Json.Parse(letter["value_text"].Text) is { IsThere: true } json ? json.Indented : letter["value_text"].Text;
}
