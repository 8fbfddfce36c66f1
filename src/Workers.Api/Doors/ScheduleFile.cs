using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Workers.Api.Callers;
using Workers.Api.Http;
using Workers.Engine.Log;
using Workers.Engine.Options;
using Workers.Engine.Store;

namespace Workers.Api.Doors;

/// <summary>Schedules as code: <c>Workers:Scheduler:File</c>, applied at start. A file that is wrong changes nothing and does not keep the program from serving: it is told.</summary>
internal sealed class ScheduleFile(
    ScheduleImport import, SchedulerOptions options, TimeProvider clock, IServiceProvider services, ILogger<ScheduleFile> logger) : BackgroundService
{
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var http = new DefaultHttpContext { RequestServices = services };
                http.Features.Set(new Caller("schedules", Engine.Identity.Roles.Everything));
                var done = await import.ApplyAsync(http, await ReadAsync(stoppingToken), "file");
                Log.ScheduleFileApplied(logger, options.File, done.Created.Count, done.Changed.Count, done.Deleted.Count, done.Same, done.Left.Count);
                return;
            }
            catch (Exception error) when (error is LogUnavailableException or StoreUnavailableException)
            {
                await Task.Delay(Again, clock, stoppingToken);
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                Log.ScheduleFileWrong(logger, options.File, error is ProblemException problem ? problem.Problem.Error : error.Message);
                return;
            }
        }
    }

    private async Task<JsonBody> ReadAsync(CancellationToken cancellation)
    {
        await using var file = File.OpenRead(options.File);
        using var document = await JsonDocument.ParseAsync(file, new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, AllowDuplicateProperties = false }, cancellation);
        return JsonBody.Of(document.RootElement.Clone(), "schedules", "calendars", "prune");
    }
}
