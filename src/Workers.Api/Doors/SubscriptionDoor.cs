using System.Text;
using Microsoft.AspNetCore.Http;
using Workers.Api.Http;
using Workers.Api.Reads;
using Workers.Contracts;
using Workers.Contracts.Commands;
using Workers.Engine.Options;
using Workers.Engine.Projections;
using Workers.Engine.Store;

namespace Workers.Api.Doors;

/// <summary>Who is told by webhook when commands end: made, taken away, told again.</summary>
internal sealed class SubscriptionDoor(
    SubmissionReader submissions, ControlDoor control, CommandDoor door, SubscriptionReads reads, CommandLookup lookup, HandlerOptions handlers, TimeProvider clock,
    ApiOptions options)
{
    private const string Path = "/api/v1/commands/subscriptions";
    private const int MaxTypes = 100;
    private static readonly DoorRoute Creates = new("control", $"POST {Path}");
    private static readonly DoorRoute Deletes = new("control", $"DELETE {Path}/{{id}}");
    private static readonly DoorRoute Redelivers = new("control", $"POST {Path}/{{id}}/deliveries/{{delivery}}/redeliver");
    private static readonly CommandState[] s_states =
        [CommandState.Succeeded, CommandState.Failed, CommandState.Cancelled, CommandState.Undone, CommandState.DeadLettered];

    /// <summary><c>{url, types, states, secret, reason}</c>; types are kinds or names, states final ones, each all by default.</summary>
    public async Task CreateAsync(HttpContext http)
    {
        var body = await JsonBody.ReadAsync(http, options.MaxBodyBytes, "url", "types", "states", "secret", "reason");
        var (url, secret) = (body.Text("url"), body.Text("secret"));
        if (handlers.Refuse(url) is { } why)
        {
            throw ListQuery.Bad("url", why);
        }

        if (secret is null || !WebhookSecret.IsOne(secret))
        {
            throw ListQuery.Bad("secret", "secret must be whsec_ and base64 of 24 to 64 bytes: what is delivered is signed with it");
        }

        var request = ControlDoor.Because(submissions.Info(http, Creates), body);
        // A repeat with the same key makes the same one.
        var id = request.IdempotencyKey is { } key ? Ids.OfCaller(request.Caller, nameof(CreateSubscription), key) : Ids.New(clock.GetUtcNow());
        http.Response.Headers.Location = $"{Path}/{id}";
        await control.SubmitAsync(http, Creates, request, new CreateSubscription
        {
            SubscriptionId = id.ToString(),
            Url = url!,
            Types = TypesOf(body),
            States = StatesOf(body),
            Secret = secret,
            Reason = request.Reason,
        });
    }

    public async Task DeleteAsync(HttpContext http)
    {
        var body = await JsonBody.ReadAsync(http, options.MaxBodyBytes, "reason");
        var request = ControlDoor.Because(submissions.Info(http, Deletes), body);
        await control.SubmitAsync(http, Deletes, request, new DeleteSubscription { SubscriptionId = reads.Find(http).Id, Reason = request.Reason });
    }

    /// <summary>A delivery that has ended is made once more, with the command as it is now and the same <c>webhook-id</c>.</summary>
    public async Task RedeliverAsync(HttpContext http)
    {
        var body = await JsonBody.ReadAsync(http, options.MaxBodyBytes, "reason");
        var request = ControlDoor.Because(submissions.Info(http, Redelivers), body);
        var subscription = reads.Find(http);
        if (!subscription.Active)
        {
            throw Invalid($"The subscription is disabled: {subscription.Reason}");
        }

        var delivery = reads.Ended(http, subscription) ?? throw (reads.IsPending(http, subscription)
            ? Invalid("It is being delivered")
            : new ProblemException(Problem.NotFound("Delivery")));
        var view = await lookup.FindOursAsync(Guid.Parse(delivery.GetProperty("command_id").GetString()!), null, http.RequestAborted)
            ?? throw new ProblemException(Problem.NotFound("Command"));
        var command = new Redeliver { DeliveryId = delivery.GetProperty("delivery_id").GetString()!, Data = Written(view), Reason = request.Reason };
        await door.SubmitAsync(http, Redelivers, request, control.Made(command, Redelivers, request));
    }

    private static IReadOnlyList<string>? TypesOf(JsonBody body) => body.Texts("types") is not { } types ? null
        : types.Count > MaxTypes ? throw ListQuery.Bad("types", $"types may have at most {MaxTypes} entries")
        : types.All(type => IdRules.IsId(type) && CommandCatalog.Find(type) is not { IsInternal: true }) ? [.. types.Distinct()]
        : throw ListQuery.Bad("types", $"types must be kinds ({string.Join(", ", CommandCatalog.Kinds)}) or names of commands");

    private static IReadOnlyList<string>? StatesOf(JsonBody body) => body.Texts("states") is not { } states ? null
        : states.All(name => s_states.Any(state => state.Name() == name)) ? [.. states.Distinct()]
        : throw ListQuery.Bad("states", $"states must be of {string.Join(", ", s_states.Select(state => state.Name()))}");

    private static string Written(CommandView view)
    {
        using var json = JsonAnswer.Rent();
        CommandResource.Write(json.Writer, view);
        return Encoding.UTF8.GetString(json.Written());
    }

    private static ProblemException Invalid(string why) => new(new Problem(StatusCodes.Status400BadRequest, "INVALID_STATE", why));
}
