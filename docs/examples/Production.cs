using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Security.Claims;
using Workers.Bus;
using Workers.Bus.Middleware;

namespace Workers.Examples;

/// <summary>The whole stack: rights, tracing, metrics for a collector, rate limit, circuit breaker, time-out.</summary>
public static class Production
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    public static async Task RunAsync(TextWriter output)
    {
        // OpenTelemetry subscribes to both by their name: AddSource("Shop"), AddMeter("Shop").
        using var source = new ActivitySource("Shop");
        using var meter = new Meter("Shop");
        using var listening = Listen(source, output);
        var duration = meter.CreateHistogram<double>("command_duration_seconds");
        var errors = meter.CreateCounter<long>("command_errors_total");

        var breaker = new CircuitBreakerMiddleware(2, Minute);
        var commandBus = new CommandBus(new CommandBusOptions
        {
            Middleware =
            [
                new AuthorizationMiddleware("admin"),
                new TracingMiddleware(source),
                new MetricsMiddleware(meter: meter),
                new PrometheusMetricsMiddleware(duration, errors),
                new ValidationMiddleware(),
                new RateLimitMiddleware(4, Minute),
                breaker,
                new TimeoutMiddleware(TimeSpan.FromSeconds(30)),
            ],
        });
        var users = new UserStore();
        commandBus.Register<CreateUser, User>(users.Create);
        commandBus.Register<DeleteUser, bool>((_, _) => throw new IOException("the directory is away"));

        await TryAsync("nobody", () => commandBus.Send(new CreateUser(1, "ada", "ada@example.com")));
        Thread.CurrentPrincipal = User("viewer");
        await TryAsync("viewer", () => commandBus.Send(new CreateUser(1, "ada", "ada@example.com")));
        Thread.CurrentPrincipal = User("admin");
        await TryAsync("admin", () => commandBus.Send(new CreateUser(1, "ada", "ada@example.com")));
        await TryAsync("admin", () => commandBus.Send(new DeleteUser(1)));
        await TryAsync("admin", () => commandBus.Send(new DeleteUser(1)));
        await TryAsync("admin", () => commandBus.Send(new DeleteUser(1)));
        await TryAsync("admin", () => commandBus.Send(new DeleteUser(1)));
        foreach (var circuit in breaker.Snapshot())
        {
            output.WriteLine($"circuit of {circuit.Name}: {circuit.State}, {circuit.Failures} failures");
        }

        async Task TryAsync<T>(string who, Func<ValueTask<T>> send)
        {
            try
            {
                await send();
                output.WriteLine($"{who}: done");
            }
            catch (BusException e)
            {
                output.WriteLine($"{who}: {e.Error}");
            }
        }
    }

    private static ClaimsPrincipal User(string role) => new(new ClaimsIdentity([new Claim(ClaimTypes.Role, role)], "example"));

    private static ActivityListener Listen(ActivitySource source, TextWriter output)
    {
        var listener = new ActivityListener
        {
            ShouldListenTo = s => s == source,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = span => output.WriteLine($"span {span.DisplayName} {span.GetTagItem("command.type")} {span.Status}"),
        };
        ActivitySource.AddActivityListener(listener);
        return listener;
    }
}
