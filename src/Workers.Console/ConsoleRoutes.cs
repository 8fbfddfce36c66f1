using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Workers.Engine.Identity;
using Workers.Pages.Commands;
using Workers.Pages.DeadLetters;
using Workers.Pages.Flows;
using Workers.Pages.Frames;
using Workers.Pages.Insights;
using Workers.Pages.Operations;
using Workers.Pages.Overview;
using Workers.Pages.Queues;
using Workers.Pages.Schedules;
using Workers.Pages.Sessions;

namespace Workers.Pages;

/// <summary>Every page and every form, in one place. Who may is decided by the API behind them, page by page.</summary>
internal sealed class ConsoleRoutes(IEndpointRouteBuilder app)
{
    public const string Path = "/console";

    private readonly Frame _frame = app.ServiceProvider.GetRequiredService<Frame>();

    public void Map()
    {
        var signIn = Get<SignInPage>();
        Page("", OverviewPage.ShowAsync);
        MapWork();
        MapLetters();
        MapSchedules();
        Page("workers", WorkersPage.ShowAsync);
        Form("workers/register", WorkersPage.RegisterAsync);
        Page("audit", AuditPages.ListAsync);
        Map("audit/export", HttpMethods.Get, _frame.Passes(AuditPages.Export));
        Page("audit/{id}", AuditPages.OneAsync);
        Page("you", SignInPage.YouAsync);
        Page("keyboard", KeyboardPage.ShowAsync);
        Map("sign-in", HttpMethods.Get, _frame.Open(SignInPage.ShowAsync));
        Map("sign-in", HttpMethods.Post, _frame.DoesOpenly(signIn.EnterAsync));
        Map("sign-out", HttpMethods.Post, _frame.DoesOpenly(SignInPage.LeaveAsync));
        Page("{**rest}", Frame.NotFoundAsync);
        Map("assets/{name}", HttpMethods.Get, Assets.SendAsync);
        Map("live", HttpMethods.Get, Get<LiveStream>().ServeAsync);
    }

    private void MapWork()
    {
        Page("find", FindPage.GoAsync);
        Page("commands", CommandsPage.ShowAsync);
        MapOperations(Cancelling.Work);
        Page("commands/{id}", CommandPage.ShowAsync);
        Form("commands/{id}/cancel", CommandPage.CancelAsync);
        Form("commands/{id}/undo", CommandPage.UndoAsync);
        Form("commands/{id}/again", CommandPage.SendAgainAsync);
        Page(FlowsPage.Path, FlowsPage.ShowAsync);
        Page(FlowsPage.Path + "/{id}", FlowPage.ShowAsync);
        Form(FlowsPage.Path + "/{id}/retry", FlowPage.RetryAsync);
        Form(FlowsPage.Path + "/{id}/compensate", FlowPage.CompensateAsync);
        Form(FlowsPage.Path + "/{id}/decide", FlowPage.DecideAsync);
        Page(QueuesPage.Path, QueuesPage.ShowAsync);
        Form(QueuesPage.Path + "/pause", QueuesPage.PauseAsync);
        Form(QueuesPage.Path + "/resume", QueuesPage.ResumeAsync);
        Form(QueuesPage.Path + "/clear", QueuesPage.ClearAsync);
    }

    private void MapLetters()
    {
        const string letters = DeadLettersPage.Path;
        Page(letters, DeadLettersPage.ShowAsync);
        Form(letters + "/selected", DeadLettersPage.SelectedAsync);
        Page(letters + "/compare", ComparePage.ShowAsync);
        MapOperations(Replaying.Work);
        Page(letters + "/{id}", DeadLetterPage.ShowAsync);
        Form(letters + "/{id}/edit", DeadLetterPage.EditAsync);
        Form(letters + "/{id}/replay", DeadLetterPage.ReplayAsync);
        Form(letters + "/{id}/discard", DeadLetterPage.DiscardAsync);
    }

    private void MapOperations(Work work)
    {
        var pages = new WorkPages(work);
        Page(work.Ask, pages.AskAsync);
        Form(work.Ask, pages.StartAsync);
        Page(work.Path, pages.ListAsync);
        Page(work.Path + "/{id}", pages.OneAsync);
        Form(work.Path + "/{id}/stop", pages.StopAsync);
    }

    private void MapSchedules()
    {
        const string schedules = SchedulesPage.Path;
        Page(schedules, SchedulesPage.ShowAsync);
        Page(schedules + "/new", ScheduleForm.NewAsync);
        Form(schedules + "/new", ScheduleForm.SaveAsync);
        Form(schedules + "/preview", ScheduleForm.PreviewAsync);
        Page(schedules + "/{id}", SchedulePage.ShowAsync);
        Page(schedules + "/{id}/edit", ScheduleForm.EditAsync);
        Form(schedules + "/{id}/edit", ScheduleForm.SaveAsync);
        Form(schedules + "/{id}/pause", SchedulePage.PauseAsync);
        Form(schedules + "/{id}/resume", SchedulePage.ResumeAsync);
        Form(schedules + "/{id}/trigger", SchedulePage.TriggerAsync);
        Form(schedules + "/{id}/delete", SchedulePage.DeleteAsync);
    }

    private void Page(string path, Func<Visit, Task<Page>> make) => Map(path, HttpMethods.Get, _frame.Shows(make));

    private void Form(string path, Func<Visit, IFormCollection, Task<Page>> act) => Map(path, HttpMethods.Post, _frame.Does(act));

    private void Map(string path, string method, RequestDelegate serve) => app
        .MapMethods(path.Length == 0 ? Path : $"{Path}/{path}", HttpMethods.IsGet(method) ? [method, HttpMethods.Head] : [method], path.Length == 0 ? Rooted(serve) : serve)
        .WithMetadata(Needs.Nothing).ExcludeFromDescription();

    // Links are relative to the root's slash.
    private static RequestDelegate Rooted(RequestDelegate serve) => http =>
    {
        if (http.Request.Path.Value!.EndsWith('/'))
        {
            return serve(http);
        }

        http.Response.StatusCode = StatusCodes.Status307TemporaryRedirect;
        http.Response.Headers.Location = Path[1..] + "/" + http.Request.QueryString;
        return Task.CompletedTask;
    };

    private T Get<T>()
        where T : notnull => app.ServiceProvider.GetRequiredService<T>();
}
