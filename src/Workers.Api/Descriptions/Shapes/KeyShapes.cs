using Workers.Contracts.Commands;

namespace Workers.Api.Descriptions;

/// <summary>Who asks, and what that allows.</summary>
internal sealed record MeShape
{
    /// <summary>The key's owner, the token's subject, or `anonymous`.</summary>
    public required string Name { get; init; }

    /// <summary>Of `viewer`, `submitter`, `operator`, `admin`.</summary>
    public required IReadOnlyList<string> Roles { get; init; }

    /// <summary>With what the caller came.</summary>
    [OneOf("none", "key", "token")]
    public required string Credential { get; init; }

    public string? KeyId { get; init; }

    /// <summary>When the credential ends; absent for never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }
}

/// <summary>An API key that is to be made.</summary>
internal sealed record KeyBody : ReasonBody
{
    [Required, Length(1, 128)]
    public required string Name { get; init; }

    /// <summary>Who calls with it; the name if nothing is said.</summary>
    [Length(1, 128)]
    public string? Owner { get; init; }

    /// <summary>Of `viewer`, `submitter`, `operator`, `admin`.</summary>
    [Required]
    public required IReadOnlyList<string> Roles { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Requests with it must be signed.</summary>
    public bool? Signed { get; init; }
}

/// <summary>What every answer says of a key.</summary>
internal record AnyKeyShape
{
    public required string Id { get; init; }

    public required string Name { get; init; }

    public required string Owner { get; init; }

    public required IReadOnlyList<string> Roles { get; init; }

    public bool? Signed { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }
}

/// <summary>An API key, without the key itself.</summary>
internal sealed record KeyShape : AnyKeyShape
{
    public required bool Expired { get; init; }

    public DateTimeOffset? CreatedAt { get; init; }

    public required string CreatedBy { get; init; }

    public DateTimeOffset? LastUsedAt { get; init; }

    public string? Reason { get; init; }
}

/// <summary>An API key as it was made.</summary>
internal sealed record NewKeyShape : AnyKeyShape
{
    /// <summary>The key itself: it is told here and nowhere else.</summary>
    public required string Key { get; init; }

    /// <summary>With which requests are signed.</summary>
    public string? SigningSecret { get; init; }
}

/// <summary>That an API key is no more.</summary>
internal sealed record RevokedKeyShape : AnyKeyShape
{
    public required bool Revoked { get; init; }
}
