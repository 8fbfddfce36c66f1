using Microsoft.AspNetCore.Http;
using Workers.Api.Http;
using Workers.Api.Reads;
using Workers.Contracts.Commands;
using Workers.Engine.Options;
using Workers.Engine.Waiting;

namespace Workers.Api.Doors;

/// <summary>Retries and compensates a stuck flow by hand: commands like any other, keyed by the instance.</summary>
internal sealed class SagaDoor(SubmissionReader submissions, CommandDoor door, SagaReads sagas, StateReaders readers, ApiOptions options)
{
    private static readonly DoorRoute Retries = new("sagas", "POST /api/v1/commands/sagas/{id}/retry");
    private static readonly DoorRoute Compensations = new("sagas", "POST /api/v1/commands/sagas/{id}/compensate");

    public Task RetryAsync(HttpContext http) => AcceptAsync(http, Retries, (id, reason) => new RetryFlow { SagaId = id, Reason = reason });

    public Task CompensateAsync(HttpContext http) => AcceptAsync(http, Compensations, (id, reason) => new CompensateFlow { SagaId = id, Reason = reason });

    private async Task AcceptAsync(HttpContext http, DoorRoute route, Func<string, string?, ICommand> make)
    {
        var request = submissions.Info(http, route);
        var body = await JsonBody.ReadAsync(http, options.MaxBodyBytes, "reason");
        var id = InstanceOf(Paths.Id(http, "saga_id"));
        var command = make(id, Reason.Of(body, request));
        await door.SubmitAsync(http, route, request, submissions.Make(CommandCatalog.Of(command), command, id, null, request.IdempotencyKey, route, request));
    }

    private string InstanceOf(string id)
    {
        using var loan = readers.Rent();
        return sagas.Find(id, loan.Reader).Key.Id;
    }
}
