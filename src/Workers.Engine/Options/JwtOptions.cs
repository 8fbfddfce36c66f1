using System.ComponentModel.DataAnnotations;

namespace Workers.Engine.Options;

/// <summary><c>Workers:Api:Jwt</c>: tokens of an OIDC issuer besides API keys. Signed with RS256, PS256 or ES256 by a key that the issuer publishes.</summary>
public sealed class JwtOptions
{
    /// <summary>The issuer, as it stands in tokens; its keys are found at <c>{Issuer}/.well-known/openid-configuration</c>. https, or http on this machine. Empty: no tokens. Default empty.</summary>
    public string Issuer { get; set; } = "";

    /// <summary>For whom tokens must be. Default empty; required with an issuer.</summary>
    public string Audience { get; set; } = "";

    /// <summary>Where a token has its roles: a claim, or a path to one such as <c>realm_access.roles</c>; an array, or a text with blanks. Default <c>roles</c>.</summary>
    [Required]
    public string RolesClaim { get; set; } = "roles";

    /// <summary>What roles of ours begin with there, such as <c>workers-</c>; others are passed over. Default empty.</summary>
    public string RolePrefix { get; set; } = "";

    /// <summary>How far clocks may be apart. Default 1 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan ClockSkew { get; set; } = TimeSpan.FromMinutes(1);

    public bool IsOn => Issuer.Length > 0;

    /// <summary>Rules over several keys.</summary>
    internal IEnumerable<ValidationResult> Validate()
    {
        if (IsOn && !IsSafe(Issuer))
        {
            yield return new($"Workers:Api:Jwt:Issuer must be an https address (http on this machine alone), not '{Issuer}'");
        }

        if (IsOn && Audience.Length == 0)
        {
            yield return new("Workers:Api:Jwt:Audience is required with an issuer: without it every token of the issuer would open this program");
        }
    }

    /// <summary>Nobody on the way can put keys of their own there.</summary>
    public static bool IsSafe(string? url) => Uri.TryCreate(url, UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && uri.IsLoopback));
}
