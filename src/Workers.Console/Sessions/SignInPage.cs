using Microsoft.AspNetCore.Http;
using Workers.Pages.Inward;
using Workers.Pages.Markup;
using Workers.Pages.Frames;
using Workers.Engine.Identity;

namespace Workers.Pages.Sessions;

/// <summary>Sign-in with an API key or a token of the issuer; what somebody may do; sign-out.</summary>
internal sealed class SignInPage(Pipeline api, Session session)
{
    private static readonly (Role Role, string Allows)[] s_roles =
    [
        (Role.Viewer, "reads every page"),
        (Role.Submitter, "sends commands, undoes and cancels those of its own; with operator it makes schedules and edits dead letters"),
        (Role.Operator, "has queues, schedules, dead letters, pauses and flows that are stuck; cancels and undoes what others have sent"),
        (Role.Admin, "everything, keys too"),
    ];

    public static Task<Page> ShowAsync(Visit visit) => Task.FromResult(Shown(visit, visit.Query("next"), null));

    public async Task<Page> EnterAsync(Visit visit, IFormCollection form)
    {
        var (key, next) = (form["key"].ToString().Trim(), form["next"].ToString());
        if (key.Length is 0 or > 8_000 || key.Any(letter => letter is <= ' ' or > '~'))
        {
            return Shown(visit, next, "That is neither an API key (wk_…) nor a token.") with { Status = StatusCodes.Status400BadRequest };
        }

        var answer = await api.SendAsync(visit.Http, new(HttpMethods.Get, "/api/v1/me", null, key), visit.Cancellation);
        if (!answer.IsDone)
        {
            return Shown(visit, next, answer.Error) with { Status = answer.Status };
        }

        if (!session.SignIn(visit.Http, key))
        {
            return Shown(visit, next, "That token is too long for a browser to keep: ask the issuer for one with fewer claims, or sign in with an API key.") with { Status = StatusCodes.Status400BadRequest };
        }

        return Page.Go(IsOurs(next) ? next : "", $"Signed in as {answer.Json["name"].Text}.");
    }

    public static Task<Page> LeaveAsync(Visit visit, IFormCollection form)
    {
        Session.SignOut(visit.Http);
        return Task.FromResult(Page.Go("sign-in", "Signed out."));
    }

    public static Task<Page> YouAsync(Visit visit)
    {
        var me = visit.Me;
        var rows = s_roles.Select(one => Html.Of(
            $"""<tr><th scope="row">{Roles.Said(one.Role)}</th><td>{Icons.State(visit.May(one.Role) ? "YES" : "NO")}</td><td>{one.Allows}</td></tr>""")).ToList();
        return Task.FromResult(new Page("Your permissions", "you", Html.Of($"""
            {Parts.Facts(
                ("Name", Parts.Text(me["name"].Text)), ("Let in", Parts.Text(me["credential"].Text switch
                {
                    "none" => "without a key: there are none, and you are on this machine, or the configuration lets everybody in",
                    "key" => $"with the API key {me["key_id"].Text}",
                    _ => "with a token",
                })), ("Until", me["expires_at"].IsThere ? Parts.Exactly(me["expires_at"].Time) : Html.None))}
            {Parts.Table("Roles", ["Role", "Yours", "What it allows"], rows, Html.None)}
            {Html.If(session(me), () => Html.Of($"""<form method="post" action="{visit.Root}sign-out">{Acts.Token(visit)}<button>Sign out</button></form>"""))}
            """)));

        static bool session(Json me) => me["credential"].Text != "none";
    }

    // Only within the console: what a link says is not to lead anywhere else.
    public static bool IsOurs(string next) =>
        next.Length is > 0 and < 1_000 && (char.IsAsciiLetter(next[0]) || next[0] == '?') && next.All(letter => letter is > ' ' and <= '~' and not '\\')
        && !next.Split('?', 2)[0].Contains(':', StringComparison.Ordinal) && !next.Contains("//", StringComparison.Ordinal) && !next.Split('?', 2)[0].Contains("..", StringComparison.Ordinal);

    private static Page Shown(Visit visit, string next, string? error) => new("Sign in", "sign-in", Html.Of($"""
        <form method="post" action="{visit.Root}sign-in" class="card narrow">{Acts.Token(visit)}{Parts.Hidden("next", next)}
        {Parts.Input("key", "API key or token", type: "password", required: true, most: 8000, hint: "It stays in this browser, encrypted, for twelve hours.")}
        <button class="main">Sign in</button></form>
        <p class="quiet">Keys are made on the server: <code>Workers.Host keys create --name you --roles submitter,operator</code></p>
        """))
    { Notice = error is null ? null : new(error, IsError: true) };
}
