using Workers.Bus;
using Workers.Bus.Middleware;

namespace Workers.Examples;

/// <summary>Several handlers, validation, a cached query bus with retries, errors told apart, metrics by name.</summary>
public static class Improved
{
    public static async Task RunAsync(TextWriter output)
    {
        var users = new UserStore();
        Action<BusLogEntry> logger = entry => output.WriteLine($"  {entry.Kind} {entry.Name}: {entry.Error?.Message ?? "ok"}");

        var commandBus = new CommandBus(new CommandBusOptions
        {
            InitialCapacity = 128,
            EnableMetrics = true,
            Middleware =
            [
                new LoggingMiddleware(logger),
                new ValidationMiddleware(),
                new TimeoutMiddleware(TimeSpan.FromSeconds(10)),
                new CircuitBreakerMiddleware(5, TimeSpan.FromMinutes(1)),
            ],
        });

        // Register several handlers.
        commandBus.Register<CreateUser, User>(users.Create);
        commandBus.Register<UpdateUser, User>(users.Update);
        commandBus.Register<DeleteUser, bool>(users.Delete);

        var queryBus = new QueryBus(new QueryBusOptions
        {
            InitialCapacity = 128,
            EnableMetrics = true,
            Middleware =
            [
                new CachingMiddleware(TimeSpan.FromMinutes(10)),
                new RetryMiddleware(3, TimeSpan.FromMilliseconds(500)),
                new LoggingMiddleware(logger),
                new RateLimitMiddleware(1000, TimeSpan.FromMinutes(1)),
            ],
        });
        queryBus.Register<GetUser, User>(users.Get);

        await commandBus.Send(new CreateUser(123, "john_doe", "john@example.com"));
        await commandBus.Send(new UpdateUser(123, "john.doe@example.com"));

        // The answer's type is the query's; ExecuteTyped is for queries whose type is only known at run time.
        try
        {
            User user = await queryBus.Query(new GetUser(123));
            User same = await queryBus.ExecuteTyped<User>(new GetUser(123));
            output.WriteLine($"Retrieved user: {user.Email}, the same again: {ReferenceEquals(user, same)}, read {users.Reads} time");
        }
        catch (BusException e)
        {
            output.WriteLine($"Query failed: {e.Message}");
        }

        await Create(commandBus, new CreateUser(124, "jane_doe", "invalid-email"), output);
        await Create(commandBus, new CreateUser(123, "john_doe", "john@example.com"), output);
        await Create(new CommandBus(), new CreateUser(125, "joe_doe", "joe@example.com"), output);
        foreach (var (name, m) in commandBus.GetMetrics().Messages.OrderBy(m => m.Key, StringComparer.Ordinal))
        {
            output.WriteLine($"{name}: {m.Executed} executed, {m.Failed} failed");
        }
    }

    private static async Task Create(CommandBus commandBus, CreateUser command, TextWriter output)
    {
        try
        {
            var result = await commandBus.Send(command);
            output.WriteLine($"Command executed successfully: {result}");
        }
        catch (BusException e)
        {
            output.WriteLine(e.Error switch
            {
                BusError.Validation => $"Validation failed: {e.Message}",
                BusError.ExecutionTimeout => $"Command timed out: {e.Message}",
                BusError.HandlerNotFound => $"Handler not found: {e.Message}",
                _ => $"Unexpected error: {e.Message}",
            });
        }
    }
}
