using Workers.Bus;
using Workers.Bus.Metrics;
using Workers.Bus.Middleware;

namespace Workers.Examples;

/// <summary>Settings instead of constants, every error handled, figures at the end.</summary>
public static class SimpleProduction
{
    public static async Task RunAsync(TextWriter output)
    {
        // An object that configuration binds, from YAML, JSON or the environment; these are its defaults.
        var settings = new BusSettings
        {
            Command = { InitialCapacity = 256, EnableMetrics = true, Timeout = TimeSpan.FromSeconds(30) },
            Query = { InitialCapacity = 256, CacheTtl = TimeSpan.FromMinutes(10), MaxRetries = 3 },
            CircuitBreaker = { FailureThreshold = 10, Timeout = TimeSpan.FromSeconds(30) },
        };
        var commandBus = new CommandBus(settings.CommandBus(new ValidationMiddleware())); // then circuit breaker and time-out
        var queryBus = new QueryBus(settings.QueryBus()); // cache and retries

        var users = new UserStore();
        commandBus.Register<CreateUser, User>(users.Create);
        commandBus.Register<DeleteUser, bool>(users.Delete);
        queryBus.Register<GetUser, User>(users.Get);
        queryBus.Register<ListUsers, IReadOnlyList<User>>(users.List);
        queryBus.Register<SearchUsers, IReadOnlyList<User>>(users.Search);

        foreach (var command in new[] { new CreateUser(1, "ada", "ada@example.com"), new CreateUser(2, "bo", "bo@example.com"), new CreateUser(1, "eve", "eve@example.com") })
        {
            output.WriteLine(await TryAsync(async () => $"created {(await commandBus.Send(command)).Username}"));
        }

        output.WriteLine(await TryAsync(async () => $"found {string.Join(", ", (await queryBus.Query(new SearchUsers("AD"))).Select(u => u.Username))}"));
        output.WriteLine(await TryAsync(async () => $"deleted: {await commandBus.Send(new DeleteUser(1))}"));
        output.WriteLine(await TryAsync(async () => $"got {await queryBus.Query(new GetUser(1))}"));
        try
        {
            commandBus.Register<CreateUser, User>(new CreateUserHandler().Handle);
        }
        catch (HandlerAlreadyRegisteredException e)
        {
            output.WriteLine(e.Message);
        }

        output.WriteLine($"commands: {string.Join(", ", commandBus.GetRegisteredCommands())}");
        output.WriteLine($"queries: {string.Join(", ", queryBus.GetRegisteredQueries())}");
        Report("commands", commandBus.GetMetrics());
        Report("queries", queryBus.GetMetrics());

        void Report(string what, BusMetrics metrics) =>
            output.WriteLine($"{what}: {metrics.Executed} executed, {metrics.Failed} failed, {metrics.InFlight} in flight");
    }

    private static async Task<string> TryAsync(Func<Task<string>> act)
    {
        try
        {
            return await act();
        }
        catch (MessageInvalidException e)
        {
            return $"not valid: {string.Join(", ", e.Errors.Keys)}";
        }
        catch (CircuitOpenException e)
        {
            return $"again at {e.RetryAt:O}";
        }
        catch (RateLimitedException e)
        {
            return $"again in {e.RetryAfter}";
        }
        catch (BusException e)
        {
            return $"{e.Error}: {e.InnerException?.Message ?? e.Message}";
        }
    }
}
