using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Security.Principal;
using Workers.Bus;
using Workers.Bus.Middleware;

namespace Workers.Examples;

// What AuthorizationMiddleware does, written by hand: it is asked once per registration and returns what is called from then on.
public sealed class RoleMiddleware(string requiredRole, Func<IPrincipal?> currentUser) : ICommandMiddleware
{
    public Handler<TMessage, TResult> Around<TMessage, TResult>(MessageInfo message, Handler<TMessage, TResult> next)
        where TMessage : class => (command, cancellation) =>
    {
        // Take the user from the context.
        if (currentUser() is not { } user)
        {
            throw new UnauthorizedException(message.Name);
        }

        // Check authorization.
        if (!user.IsInRole(requiredRole))
        {
            throw new ForbiddenException(message.Name, requiredRole);
        }

        // Continue to the next middleware or the handler.
        return next(command, cancellation);
    };
}

// Figures of one's own, by command name.
public sealed class PrometheusMetricsMiddleware(Histogram<double> commandDuration, Counter<long> commandErrors) : ICommandMiddleware
{
    public Handler<TMessage, TResult> Around<TMessage, TResult>(MessageInfo message, Handler<TMessage, TResult> next)
        where TMessage : class => async (command, cancellation) =>
    {
        var start = Stopwatch.GetTimestamp();
        var name = new KeyValuePair<string, object?>("command", message.Name);
        try
        {
            return await next(command, cancellation);
        }
        catch (Exception)
        {
            commandErrors.Add(1, name);
            throw;
        }
        finally
        {
            commandDuration.Record(Stopwatch.GetElapsedTime(start).TotalSeconds, name);
        }
    };
}
