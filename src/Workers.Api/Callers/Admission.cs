using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Workers.Api.Http;
using Workers.Engine.Identity;
using Workers.Engine.Options;

namespace Workers.Api.Callers;

/// <summary>
/// Who may come in: who the caller is, whether there is room for the request, and whether the endpoint takes such a caller. An endpoint that does not say
/// whom it takes is the admin's.
/// </summary>
internal sealed class Admission(Credentials credentials, KeyUses uses, RateGate gate, AccessTrail trail, ApiOptions options)
{
    // Whom they let in does nothing that only some may.
    private const Role Everyday = Role.Viewer | Role.Submitter;

    private static readonly Needs s_admin = new(Role.Admin);
    private static readonly Needs s_known = new(Roles.Everything);

    private readonly Caller _anonymous = new(Caller.AnonymousName, Roles.Granted(options.Anonymous));

    /// <summary>Why the request is not served; null where it is, and its caller is known then (<see cref="Caller.Of"/>).</summary>
    public async ValueTask<Problem?> RefuseAsync(HttpContext http)
    {
        var needs = NeedsOf(http);
        var shows = needs.AnyOf != Role.None && Credentials.Has(http.Request);
        var (caller, problem) = shows ? await credentials.IdentifyAsync(http) : Anonymous(http, needs);
        http.Features.Set(caller);
        if (problem is not { Status: StatusCodes.Status429TooManyRequests or StatusCodes.Status503ServiceUnavailable }
            && await gate.RefuseAsync(http, caller, isBad: shows && problem is not null) is { } late)
        {
            return late;
        }

        problem ??= CrossSite.Refuse(http, options.Cors) ?? (caller.Is(needs.AnyOf) ? null : NotAllowed(caller, needs));
        if (problem is null)
        {
            uses.Note(caller);
            if ((needs.AnyOf & Everyday) == Role.None && needs.AnyOf != Role.None)
            {
                trail.Allowed(http, caller);
            }

            return null;
        }

        if (problem.Status == StatusCodes.Status401Unauthorized)
        {
            http.Response.Headers.WWWAuthenticate = shows ? "Bearer realm=\"workers\", error=\"invalid_token\"" : "Bearer realm=\"workers\"";
        }

        if (problem.Status is StatusCodes.Status401Unauthorized or StatusCodes.Status403Forbidden)
        {
            trail.Denied(http, caller, problem);
        }

        return problem;
    }

    // Paths that there are not are answered to whoever is known at all.
    private static Needs NeedsOf(HttpContext http) =>
        http.GetEndpoint() is not RouteEndpoint endpoint ? s_known : endpoint.Metadata.GetMetadata<Needs>() ?? s_admin;

    /// <summary>Callers without a credential: while none is needed this machine alone, unless roles are named for all.</summary>
    private (Caller Caller, Problem? Problem) Anonymous(HttpContext http, Needs needs)
    {
        if (_anonymous.Roles != Role.None)
        {
            return (_anonymous, needs.AnyOf == Role.None ? null : HostNames.Refuse(http.Request.Host.Host, options.Hosts));
        }

        if (!credentials.AreNeeded)
        {
            return LocalOnly.Refuse(http) is { } elsewhere ? (Caller.Nobody, elsewhere) : (Caller.Local, null);
        }

        return (Caller.Nobody, needs.AnyOf == Role.None ? null : Problem.Unauthorized("An API key is required: Authorization: Bearer wk_… or X-Api-Key"));
    }

    private static Problem NotAllowed(Caller caller, Needs needs)
    {
        var has = Roles.Said(caller.Roles, ", ");
        return CrossSite.Forbidden($"This needs the role {Roles.Said(needs.AnyOf)}; {caller.Name} has {(has.Length == 0 ? "none" : has)}");
    }
}
