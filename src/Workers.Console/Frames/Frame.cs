using System.Text;
using Microsoft.AspNetCore.Http;
using Workers.Pages.Inward;
using Workers.Pages.Markup;
using Workers.Pages.Sessions;
using Workers.Engine.Options;

namespace Workers.Pages.Frames;

/// <summary>What all pages share: who is there, the headers that bind a browser, forms that are ours, and a page for whatever the API refuses.</summary>
internal sealed class Frame(Pipeline api, Session session, ServiceOptions service, ConsoleOptions options, TimeProvider clock)
{
    private const int LongestForm = 1 << 20;

    /// <summary>Nothing but what this server sends is loaded, run or shown, and no other site shows it.</summary>
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    /// <summary>A page for whoever may read.</summary>
    public RequestDelegate Shows(Func<Visit, Task<Page>> make) => http => ServeAsync(http, make);

    /// <summary>A page for everybody.</summary>
    public RequestDelegate Open(Func<Visit, Task<Page>> make) => http => ServeAsync(http, make, isOpen: true);

    /// <summary>A form for whoever may do what it asks for.</summary>
    public RequestDelegate Does(Func<Visit, IFormCollection, Task<Page>> act) => Shows(Taken(act));

    /// <summary>A form for everybody.</summary>
    public RequestDelegate DoesOpenly(Func<Visit, IFormCollection, Task<Page>> act) => Open(Taken(act));

    /// <summary>The visit of a request, for what is no page.</summary>
    public Visit VisitOf(HttpContext http) => new(http, api, session.CredentialOf(http), clock.GetUtcNow()) { FormToken = session.FormTokenOf(http), Options = options };

    /// <summary>For addresses at which there is no page.</summary>
    public static Task<Page> NotFoundAsync(Visit visit) => Task.FromResult(Refused(visit, StatusCodes.Status404NotFound, $"There is no page at {visit.Http.Request.Path}."));

    /// <summary>What the API sends goes to the browser as it comes, however long it is: a file, for whoever may read it.</summary>
    /// <param name="path">Of the API, with its query.</param>
    public RequestDelegate Passes(Func<Visit, string> path) => async http =>
    {
        Protect(http);
        var visit = VisitOf(http);
        var me = await visit.AskAsync(CallerPath);
        if (me.IsDone)
        {
            await visit.PassAsync(path(visit));
        }
        else
        {
            await RefuseAsync(visit, me);
        }
    };

    public static void Protect(HttpContext http)
    {
        var headers = http.Response.Headers;
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "same-origin";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers.CacheControl = "no-store";
    }

    private async Task ServeAsync(HttpContext http, Func<Visit, Task<Page>> make, bool isOpen = false)
    {
        Protect(http);
        var visit = VisitOf(http);
        var me = await visit.AskAsync(CallerPath);
        visit.Me = me.IsDone ? me.Json : visit.Me;
        if (!me.IsDone && !isOpen)
        {
            await RefuseAsync(visit, me);
            return;
        }

        try
        {
            await SendAsync(visit, await make(visit));
        }
        catch (RefusedException refused)
        {
            await RefuseAsync(visit, refused.Answer);
        }
    }

    private Func<Visit, Task<Page>> Taken(Func<Visit, IFormCollection, Task<Page>> act) => visit => TakeAsync(visit, act);

    private async Task<Page> TakeAsync(Visit visit, Func<Visit, IFormCollection, Task<Page>> act)
    {
        var http = visit.Http;
        if (http.Request.ContentType?.StartsWith("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase) != true || http.Request.ContentLength is null or > LongestForm)
        {
            return Refused(visit, StatusCodes.Status400BadRequest, "This is not a form of the console.");
        }

        IFormCollection form;
        try
        {
            form = await http.Request.ReadFormAsync(http.RequestAborted);
        }
        catch (InvalidDataException error)
        {
            return Refused(visit, StatusCodes.Status400BadRequest, error.Message);
        }

        if (!session.IsOurs(http, form[Session.FormField].ToString()))
        {
            return TooOld(visit);
        }

        visit.Once = form[Visit.OnceField].ToString() is { Length: > 0 and <= 64 } once && once.All(char.IsAsciiHexDigit) ? once : null;
        return await act(visit, form);
    }

    private static Page TooOld(Visit visit) => new("That page was too old", "refused", Html.Of($"""
        <p>Nothing was done: since the page with this form was loaded, somebody has signed in or out in this browser, or the browser has dropped its cookies.</p>
        <p><a class="button" href="{visit.Root}{Before(visit)}">Load the page again</a></p><p class="quiet">Then repeat it there. What you had written stands behind your browser's Back.</p>
        """))
    { Status = StatusCodes.Status400BadRequest };

    /// <summary>The page below the console's root that a form was sent from; empty where that is not known.</summary>
    private static string Before(Visit visit)
    {
        var (page, root) = (visit.Http.Request.Headers.Referer.ToString(), ConsoleRoutes.Path + "/");
        var at = page.IndexOf(root, StringComparison.Ordinal);
        return at >= 0 && page[(at + root.Length)..] is var path && SignInPage.IsOurs(path) ? path : "";
    }

    private Task RefuseAsync(Visit visit, Answer answer)
    {
        if (answer.Status != StatusCodes.Status401Unauthorized)
        {
            return SendAsync(visit, Refused(visit, answer.Status, answer.Error));
        }

        // What it was signed in with opens nothing any more.
        Session.SignOut(visit.Http);
        var request = visit.Http.Request;
        var isForm = !HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method);
        var here = isForm ? Before(visit) : request.Path.Value![ConsoleRoutes.Path.Length..].TrimStart('/') + request.QueryString;
        return SendAsync(visit, Page.Go(
            "sign-in" + (here.Length == 0 ? "" : "?next=" + Uri.EscapeDataString(here)), isForm ? "Nothing was done: your time here was over, or the key was revoked. Sign in, and repeat it." : "", isError: true));
    }

    private static Page Refused(Visit visit, int status, string error) => new(status == StatusCodes.Status404NotFound ? "There is no such thing" : "That did not work", "refused", Html.Of($"""
        <p>{error}</p><p><a href="{visit.Root}">To the overview</a></p>
        """))
    { Status = status };

    private Task SendAsync(Visit visit, Page page)
    {
        var http = visit.Http;
        if (page.MoveTo is { } path)
        {
            if (page.Notice is { Text.Length: > 0 } said)
            {
                Session.Say(http, said);
            }

            http.Response.StatusCode = StatusCodes.Status303SeeOther;
            http.Response.Headers.Location = visit.Root + path;
            return Task.CompletedTask;
        }

        http.Response.StatusCode = page.Status;
        http.Response.ContentType = "text/html; charset=utf-8";
        var text = Layout.Of(visit, page with { Notice = page.Notice ?? Session.Hear(http) }, service.Name).ToString();
        http.Response.ContentLength = Encoding.UTF8.GetByteCount(text);
        return HttpMethods.IsHead(http.Request.Method) ? Task.CompletedTask : http.Response.WriteAsync(text, http.RequestAborted);
    }

    private const string CallerPath = "/api/v1/me";
}
