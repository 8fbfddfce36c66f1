using System.Globalization;
using Microsoft.AspNetCore.Http;
using Workers.Api.Http;
using Workers.Api.Reads;
using Workers.Contracts.Commands;
using Workers.Engine.Log;
using Workers.Engine.Options;
using Workers.Engine.Telemetry;
using Workers.Engine.Waiting;

namespace Workers.Api.Doors;

/// <summary>Many commands in one request: appended in their order in one commit, each answered for itself.</summary>
internal sealed class BatchDoor(SubmissionReader submissions, KnownKeys known, ILog log, OutcomeWaiter waiter, ApiOptions options, EngineMeter meter, JustAccepted accepted)
{
    private static readonly DoorRoute Route = new("batch", "POST /api/v1/commands/execute-batch");

    public async Task AcceptAsync(HttpContext http)
    {
        var request = submissions.Info(http, Route);
        BatchItem[] items;
        bool atomic;
        using (var body = await RequestBody.ReadAsync(http.Request, options.MaxBodyBytes))
        {
            var batch = BatchBody.Parse(body.Memory);
            (items, atomic) = (Read(batch, request), batch.Atomic);
        }

        FindKnown(items);
        foreach (var item in items.Where(item => item.IsNew))
        {
            item.Problem = submissions.Unhandled(item.Submission!);
        }

        if (atomic && Array.Exists(items, item => item.Problem is not null))
        {
            await Refused(items).WriteAsync(http);
            return;
        }

        var wait = Waiting.Of(http, Route, options);
        await AppendAsync(items, wait.Time);
        foreach (var item in items)
        {
            item.Outcome = item.Known is { First.IsFinal: true } done ? done.First : item.Wait is { } pending ? await pending.Outcome : null;
        }

        await AnswerAsync(http, items, wait);
    }

    private BatchItem[] Read(BatchBody batch, RequestInfo request)
    {
        var items = new BatchItem[batch.Commands.Count];
        for (var index = 0; index < items.Length; index++)
        {
            // A header covers what has no command_id, each by its place.
            var headerKey = request.IdempotencyKey is { } key ? string.Create(CultureInfo.InvariantCulture, $"{key}/{index}") : null;
            var submission = submissions.Read(batch.Commands[index], Route, request, headerKey, out var problem);
            items[index] = new BatchItem(submission, problem);
        }

        return items;
    }

    private void FindKnown(BatchItem[] items)
    {
        var keyed = items.Where(item => item.Submission?.Key is not null).ToList();
        if (keyed.Count == 0)
        {
            return;
        }

        var found = known.Find([.. keyed.Select(item => item.Submission!)]);
        foreach (var item in keyed)
        {
            if (!found.TryGetValue(item.Submission!.Key!.Hash, out var first))
            {
                continue;
            }

            if (first.IsOther(item.Submission))
            {
                item.Problem = Problem.KeyReused(item.Submission.CallerId);
            }
            else
            {
                item.Known = first;
            }
        }
    }

    private async Task AppendAsync(BatchItem[] items, TimeSpan wait)
    {
        var fresh = items.Where(item => item.IsNew).ToList();
        if (wait > TimeSpan.Zero)
        {
            foreach (var item in items.Where(item => item.IsNew || item.Known is { First.IsFinal: false }))
            {
                item.Wait = waiter.Begin(item.Known?.First.Id ?? item.Submission!.Record.Id, wait);
            }
        }

        if (fresh.Count == 0)
        {
            return;
        }

        try
        {
            await log.AppendAsync([.. fresh.Select(item => item.Submission!.Record)], CancellationToken.None);
        }
        catch (LogUnavailableException)
        {
            Array.ForEach(items, item => Forget(item.Wait));
            throw;
        }

        foreach (var item in fresh)
        {
            accepted.Add(item.Submission!);
            meter.Submitted(item.Submission!.Info, item.Submission.Record);
        }
    }

    private void Forget(OutcomeWait? wait)
    {
        if (wait is not null)
        {
            waiter.Forget(wait);
        }
    }

    /// <summary>Nothing of an atomic batch is appended; every wrong item is named.</summary>
    private static Problem Refused(BatchItem[] items)
    {
        var errors = new List<FieldError>();
        for (var index = 0; index < items.Length; index++)
        {
            if (items[index].Problem is { } problem)
            {
                errors.Add(new FieldError(string.Create(CultureInfo.InvariantCulture, $"commands[{index}]"), problem.Error));
            }
        }

        return Problem.Validation(
            $"{errors.Count} of {items.Length} commands cannot be accepted, so none was: {errors[0].Field}: {errors[0].Message}", errors);
    }

    private static Task AnswerAsync(HttpContext http, BatchItem[] items, Waiting wait)
    {
        using var json = JsonAnswer.Rent();
        json.Writer.WriteStartObject();
        json.Writer.WriteStartArray("items"u8);
        for (var index = 0; index < items.Length; index++)
        {
            items[index].Write(json.Writer, index);
        }

        json.Writer.WriteEndArray();
        json.Writer.WriteEndObject();
        return json.SendAsync(http, wait.Time == TimeSpan.Zero ? StatusCodes.Status202Accepted : StatusCodes.Status200OK);
    }
}
