using Workers.Bus;
using Workers.Bus.Middleware;

namespace Workers.Examples;

/// <summary>A command and a query, a simple stack of middleware, what an error looks like.</summary>
public static class Basic
{
    public static async Task RunAsync(TextWriter output)
    {
        // Create a command bus.
        var commandBus = new CommandBus(new CommandBusOptions
        {
            InitialCapacity = 64,
            EnableMetrics = true,
            Middleware =
            [
                new LoggingMiddleware(entry => output.WriteLine(entry)),
                new ValidationMiddleware(),
                new TimeoutMiddleware(TimeSpan.FromSeconds(5)),
            ],
        });

        // Register the handler.
        commandBus.Register<CreateUser, User>(new CreateUserHandler().Handle);

        // Execute a command: the type of the result follows from it.
        var user = await commandBus.Send(new CreateUser(123, "john_doe", "john@example.com"));
        output.WriteLine($"User created: {user.Id} {user.Username}");

        // View metrics.
        var metrics = commandBus.GetMetrics();
        output.WriteLine($"Metrics: {metrics.Executed} executed, {metrics.Failed} failed");

        // The same for queries.
        var queryBus = new QueryBus();
        queryBus.Register<GetUser, User>((query, cancellation) => new(user));
        output.WriteLine($"Found: {(await queryBus.Query(new GetUser(123))).Email}");

        // Errors are typed.
        try
        {
            await commandBus.Send(new CreateUser(0, "jd", "invalid-email"));
        }
        catch (MessageInvalidException e)
        {
            output.WriteLine($"Refused: {string.Join(", ", e.Errors.Keys.Order(StringComparer.Ordinal))}");
        }
    }
}
