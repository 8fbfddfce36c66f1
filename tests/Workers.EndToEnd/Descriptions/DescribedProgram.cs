using System.Text.RegularExpressions;
using Shouldly;
using Workers.EndToEnd.Running;

namespace Workers.EndToEnd.Descriptions;

/// <summary>A program of its own whose operations are called with the document's own examples: each call has ids that no other has.</summary>
internal sealed partial class DescribedProgram : IDisposable
{
    private const string Execute = "post_commands_execute";

    /// <summary>What must have happened before a command is executed or an operation called: commands by name, operations by id.</summary>
    private static readonly Dictionary<string, string[]> s_before = new (string What, string[] Before)[]
    {
        ("UpdateUser", ["CreateUser"]), ("DeleteUser", ["CreateUser"]),
        ("UpdateOrder", ["CreateOrder"]), ("ConfirmOrder", ["CreateOrder"]), ("CancelOrder", ["CreateOrder"]), ("DeleteOrder", ["CreateOrder"]),
        ("ShipOrder", ["CreateOrder", "ConfirmOrder"]), ("DeliverOrder", ["CreateOrder", "ConfirmOrder", "ShipOrder"]),
        ("UpdatePayment", ["ProcessPayment"]), ("DeletePayment", ["ProcessPayment"]), ("RefundPayment", ["ProcessPayment"]),
        ("ApproveRefund", ["ProcessPayment", "RefundPayment"]), ("RejectRefund", ["ProcessPayment", "RefundPayment"]),
        ("UpdateProduct", ["CreateProduct"]), ("DeleteProduct", ["CreateProduct"]), ("AdjustInventory", ["CreateProduct"]), ("SendNotification", ["CreateUser"]),
        ("get_users_id", ["CreateUser"]), ("put_users_id", ["CreateUser"]), ("delete_users_id", ["CreateUser"]),
        ("get_orders_id", ["CreateOrder"]), ("put_orders_id", ["CreateOrder"]), ("delete_orders_id", ["CreateOrder"]), ("get_orders_id_events", ["CreateOrder"]),
        ("put_orders_id_confirm", ["CreateOrder"]), ("put_orders_id_cancel", ["CreateOrder"]), ("put_orders_id_ship", ["CreateOrder", "ConfirmOrder"]),
        ("put_orders_id_deliver", ["CreateOrder", "ConfirmOrder", "ShipOrder"]),
        ("get_payments_id", ["ProcessPayment"]), ("put_payments_id", ["ProcessPayment"]), ("delete_payments_id", ["ProcessPayment"]),
        ("get_products_id", ["CreateProduct"]), ("put_products_id", ["CreateProduct"]), ("delete_products_id", ["CreateProduct"]),
        ("get_commands_audit_id", ["CreateUser"]), ("get_commands_id", ["CreateUser"]), ("get_commands_id_events", ["CreateUser"]), ("post_commands_undo", ["CreateUser"]),
        ("post_commands_id_cancel", ["post_commands_queues_kind_pause", "post_commands_execute_async#ProcessPayment"]),
        ("get_cqrs_commands_id", ["post_cqrs_commands#CreateUser"]), ("post_cqrs_queries", ["CreateUser"]), ("get_cqrs_queries_id", ["CreateUser", "post_cqrs_queries"]),
        ("get_cqrs_read_models_id", ["post_cqrs_read_models"]), ("delete_cqrs_read_models_id", ["post_cqrs_read_models"]),
        ("delete_cqrs_handlers_commands_type", ["post_cqrs_handlers_commands"]), ("delete_cqrs_handlers_queries_type", ["post_cqrs_handlers_queries"]),
        ("delete_cqrs_handlers_events_type", ["post_cqrs_handlers_events"]),
        ("get_commands_scheduled_id", ["post_commands_schedule"]), ("put_commands_scheduled_id", ["post_commands_schedule"]), ("delete_commands_scheduled_id", ["post_commands_schedule"]),
        ("post_commands_scheduled_id_pause", ["post_commands_schedule"]), ("post_commands_scheduled_id_resume", ["post_commands_schedule"]),
        ("post_commands_scheduled_id_trigger", ["post_commands_schedule"]), ("get_commands_scheduled_id_upcoming", ["post_commands_schedule"]),
        ("get_commands_scheduled_id_runs", ["post_commands_schedule"]),
        ("get_commands_handlers_name", ["post_commands_handlers_name_register"]), ("delete_commands_handlers_name", ["post_commands_handlers_name_register"]),
    }.ToDictionary(one => one.What, one => one.Before);

    /// <summary>What is done afterwards, so that the next call finds the program as this one did.</summary>
    private static readonly Dictionary<string, string> s_after = new() { ["post_commands_id_cancel"] = "post_commands_queues_kind_resume" };

    private readonly DataDirectory _data = new();
    private readonly Receiver _gone = new((_, _) => (410, ""));
    private readonly Receiver _told = new((_, _) => (200, ""));
    private RunningProgram _program = null!;
    private int _calls;

    public ServedDocument Document { get; private set; } = null!;

    public ApiClient Api => _program.Api;

    public static async Task<DescribedProgram> StartAsync()
    {
        var described = new DescribedProgram();
        described._program = await RunningProgram.StartAsync(
            described._data.FullName, new Dictionary<string, string> { ["Workers__Handlers__AllowedHosts"] = "127.0.0.1" });
        await described.Api.UntilAsync("/health/ready", answer => answer.Status == 200);
        described.Document = new ServedDocument((await described.Api.GetAsync("/openapi/v1.json")).Json);
        return described;
    }

    /// <summary>Calls it with its example, after what must have happened before.</summary>
    /// <param name="operation">Which.</param>
    /// <param name="example">The name of the body's example, where it has several.</param>
    public async Task<Answer> CallAsync(Operation operation, string example = "")
    {
        var call = Interlocked.Increment(ref _calls);
        foreach (var name in s_before.GetValueOrDefault(operation.Id, s_before.GetValueOrDefault(example, [])))
        {
            var (id, command) = name.Split('#') is [var first, var second] ? (first, second) : name.Contains('_', StringComparison.Ordinal) ? (name, "") : (Execute, name);
            var before = await SendAsync(Document[id], command, call, null);
            before.Status.ShouldBeInRange(200, 299, $"{id} {command} before {operation.Id}: {before}");
        }

        if (operation.Id is "post_commands_id_cancel" or "get_cqrs_commands_id")
        {
            // By its caller's id a command is found once it is listed.
            await Api.UntilAsync(Fresh("/api/v1/commands/command-1", call), listed => listed.Status == 200);
        }

        var answer = await SendAsync(operation, example, call, await PathAsync(operation.Id));
        if (s_after.TryGetValue(operation.Id, out var after))
        {
            (await SendAsync(Document[after], "", call, null)).Status.ShouldBe(200);
        }

        return answer;
    }

    /// <summary>A path, where its ids are the program's own.</summary>
    private async Task<string?> PathAsync(string operation) => operation switch
    {
        "get_commands_audit_id" => $"/api/v1/commands/audit/{(await Api.UntilAsync("/api/v1/commands/audit?limit=1", list => list.Items.Any())).Items.First()["id"]}",
        "get_commands_dead_letters_id" => await LetterAsync(),
        "put_commands_dead_letters_id" => await CommandLetterAsync(),
        "get_commands_dead_letters_operations_id" => await ReplayAsync(await LetterAsync()),
        "post_commands_dead_letters_operations_id_cancel" => $"{await ReplayAsync(await LetterAsync(), await LetterAsync())}/cancel",
        "get_commands_cancellations_id" => await CancellationAsync(1),
        "post_commands_cancellations_id_cancel" => $"{await CancellationAsync(10)}/cancel",
        "post_commands_dead_letters_id_replay" => $"{await LetterAsync()}/replay",
        "post_commands_dead_letters_id_discard" => $"{await LetterAsync()}/discard",
        "get_cqrs_events_id" => await EventAsync(),
        "get_commands_subscriptions_id" or "delete_commands_subscriptions_id" => await SubscriptionAsync(),
        "get_commands_subscriptions_id_deliveries" => $"{await SubscriptionAsync()}/deliveries",
        "post_commands_subscriptions_id_deliveries_delivery_redeliver" => $"{await DeliveryAsync()}/redeliver",
        "get_commands_sagas_id" => await SagaAsync(),
        "post_commands_sagas_id_retry" => $"{await SagaAsync()}/retry",
        "post_commands_sagas_id_compensate" => $"{await SagaAsync()}/compensate",
        _ => null,
    };

    /// <summary>A command whose handler has gone.</summary>
    private async Task<string> LetterAsync()
    {
        var type = $"Gone{Interlocked.Increment(ref _calls)}";
        await Api.PostAsync($"/api/v1/commands/handlers/{type}/register", $$"""{"types":["{{type}}"],"url":"{{_gone.Url}}"}""");
        var refused = await Api.ExecuteAsync($$"""{"type":"{{type}}","key":"{{type}}"}""");
        refused.Status.ShouldBe(500, refused.ToString());
        return $"/api/v1/commands/dead-letters/{(await Api.UntilAsync($"/api/v1/commands/dead-letters?key={type}", list => list.Items.Any())).Items.First()["id"]}";
    }

    private async Task<string> EventAsync() =>
        (await Api.PostAsync("/api/v1/cqrs/events", Document["post_cqrs_events"].Examples[""].ToJsonString())).Header("Location")!;

    private async Task<string> SubscriptionAsync() => (await Api.PostAsync(
        "/api/v1/commands/subscriptions", $$"""{"url":"{{_told.Url}}","types":["RecordAudit"],"secret":"whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz"}""")).Header("Location")!;

    /// <summary>A delivery that has ended.</summary>
    private async Task<string> DeliveryAsync()
    {
        var deliveries = $"{await SubscriptionAsync()}/deliveries";
        await SendAsync(Document[Execute], "RecordAudit", Interlocked.Increment(ref _calls), null);
        var list = await Api.UntilAsync(deliveries, list => list.Items.Any(one => one["state"]!.ToString() == "DELIVERED"));
        return $"{deliveries}/{list.Items.First(one => one["state"]!.ToString() == "DELIVERED")["delivery_id"]}";
    }

    /// <summary>A command whose handler was away when it was to run.</summary>
    private async Task<string> CommandLetterAsync()
    {
        const string handler = "/api/v1/commands/handlers/DeletePayment";
        var id = $"away-{Interlocked.Increment(ref _calls)}";
        var pause = $$"""{"type":"DeletePayment","key":"{{id}}"}""";
        await Api.PostAsync("/api/v1/commands/queues/payment/pause", pause);
        await Api.PostAsync("/api/v1/commands/queue", $$"""{"type":"DeletePayment","payment_id":"{{id}}"}""");
        await Api.DeleteAsync(handler);
        await Api.PostAsync("/api/v1/commands/queues/payment/resume", pause);
        var letters = await Api.UntilAsync($"/api/v1/commands/dead-letters?key={id}", list => list.Items.Any());
        await Api.PostAsync(handler + "/register", "");
        return $"/api/v1/commands/dead-letters/{letters.Items.First()["id"]}";
    }

    /// <summary>One letter a second: more than one take some time.</summary>
    private async Task<string> ReplayAsync(params IReadOnlyList<string> letters)
    {
        var ids = string.Join(',', letters.Select(letter => $"\"{letter.Split('/')[^1]}\""));
        var started = await Api.PostAsync("/api/v1/commands/dead-letters/replay", $$"""{"ids":[{{ids}}],"rate":1}""");
        started.Status.ShouldBe(202, started.ToString());
        return started.Header("Location")!;
    }

    /// <summary>One command a second: more than one take some time.</summary>
    private async Task<string> CancellationAsync(int count)
    {
        var key = $"held-{Interlocked.Increment(ref _calls)}";
        await Api.PostAsync("/api/v1/commands/queues/payment/pause", $$"""{"type":"DeletePayment","key":"{{key}}"}""");
        for (var sent = 0; sent < count; sent++)
        {
            await Api.PostAsync("/api/v1/commands/queue", $$"""{"type":"DeletePayment","payment_id":"{{key}}"}""");
        }

        await Api.UntilAsync($"/api/v1/commands?key={key}", list => list.Items.Count() == count);
        var started = await Api.PostAsync("/api/v1/commands/cancel", $$"""{"filter":{"key":"{{key}}"},"expected":{{count}},"rate":1}""");
        started.Status.ShouldBe(202, started.ToString());
        return started.Header("Location")!;
    }

    /// <summary>The flow of an order that is paid.</summary>
    private async Task<string> SagaAsync()
    {
        var call = Interlocked.Increment(ref _calls);
        await Api.PostAsync("/api/v1/products", Bodies.Product($"flow-{call}", 5));
        await Api.PostAsync("/api/v1/orders", Bodies.Order($"flowing-{call}", $"flow-{call}", 999.99m));
        var path = $"/api/v1/commands/sagas/flowing-{call}";
        await Api.UntilAsync(path, answer => answer.Status == 200);
        return path;
    }

    private Task<Answer> SendAsync(Operation operation, string example, int call, string? path)
    {
        var body = operation.Body is null ? null : Fresh(operation.Examples[example].ToJsonString(), call);
        return Api.SendAsync(new HttpMethod(operation.Method), (path ?? Fresh(operation.ExamplePath, call)) + operation.ExampleQuery, body);
    }

    /// <summary>The same with ids that belong to this call.</summary>
    private static string Fresh(string text, int call) => ExampleId().Replace(text, $"$1-{call}");

    public void Dispose()
    {
        _program.Dispose();
        _gone.Dispose();
        _told.Dispose();
        _data.Dispose();
    }

    [GeneratedRegex("(?<![a-z-])(user|order|payment|product|refund|notification|command|query|schedule)-1(?![0-9])")]
    private static partial Regex ExampleId();
}
