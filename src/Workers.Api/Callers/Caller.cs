using Microsoft.AspNetCore.Http;
using Workers.Engine.Identity;

namespace Workers.Api.Callers;

/// <summary>Who sent a request, and what that allows.</summary>
/// <param name="Name">Under whose name its commands run: the key's owner, the token's subject.</param>
/// <param name="Bucket">Whose rate limit it takes from; null for its address's.</param>
/// <param name="KeyId">The API key; null where it came without one.</param>
/// <param name="ExpiresMs">When its credential ends; null for never.</param>
internal sealed record Caller(string Name, Role Roles, string? Bucket = null, string? KeyId = null, long? ExpiresMs = null)
{
    public const string AnonymousName = "anonymous";

    /// <summary>Known to nobody, allowed nothing.</summary>
    public static Caller Nobody { get; } = new(AnonymousName, Role.None);

    /// <summary>Without a key, from this machine, while there are none.</summary>
    public static Caller Local { get; } = new(AnonymousName, Engine.Identity.Roles.Everything);

    /// <summary>It came with a credential.</summary>
    public bool IsKnown => Bucket is not null;

    public bool Is(Role anyOf) => anyOf == Role.None || (Roles & anyOf) != 0;

    public static Caller Of(HttpContext http) => http.Features.Get<Caller>() ?? Nobody;
}
