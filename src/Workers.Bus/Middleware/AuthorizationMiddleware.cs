using System.Security.Principal;

namespace Workers.Bus.Middleware;

/// <summary>
/// Lets through only whoever has the role: <see cref="UnauthorizedException"/> where nobody is signed in, <see cref="ForbiddenException"/> where the
/// role is missing.
/// </summary>
/// <param name="requiredRole">As <see cref="IPrincipal.IsInRole"/> knows it.</param>
/// <param name="user">
/// Who sends; by default <see cref="Thread.CurrentPrincipal"/>, which flows with asynchronous calls. In ASP.NET: the request's <c>User</c>.
/// </param>
public sealed class AuthorizationMiddleware(string requiredRole, Func<IPrincipal?>? user = null) : ICommandMiddleware, IQueryMiddleware
{
    private readonly Func<IPrincipal?> _user = user ?? (static () => Thread.CurrentPrincipal);

    /// <inheritdoc/>
    public Handler<TMessage, TResult> Around<TMessage, TResult>(MessageInfo message, Handler<TMessage, TResult> next)
        where TMessage : class => (m, cancellation) => _user() is not { Identity.IsAuthenticated: true } sender
            ? ValueTask.FromException<TResult>(new UnauthorizedException(message.Name))
            : !sender.IsInRole(requiredRole)
                ? ValueTask.FromException<TResult>(new ForbiddenException(message.Name, requiredRole))
                : next(m, cancellation);
}
