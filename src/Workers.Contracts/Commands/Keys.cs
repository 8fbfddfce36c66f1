namespace Workers.Contracts.Commands;

/// <summary>An API key is known from now on. The key itself is nowhere but in the answer to who made it.</summary>
[Command(Kind.System, "create", "key", Internal = true, ForAll = true)]
public sealed record CreateKey : ICommand
{
    [Key]
    public string KeyId { get; init => field = value ?? ""; } = "";

    public string Name { get; init => field = value ?? ""; } = "";

    /// <summary>Under whose name its commands run.</summary>
    public string Owner { get; init => field = value ?? ""; } = "";

    public IReadOnlyList<string>? Roles { get; init; }

    /// <summary>SHA-256 of the key, hex.</summary>
    [Sensitive(Encrypted = false)]
    public string Hash { get; init => field = value ?? ""; } = "";

    /// <summary>By which its requests must be signed (<c>whsec_…</c>); absent where they need not be.</summary>
    [Sensitive]
    public string? Signing { get; init; }

    /// <summary>When it ends, in milliseconds since 1970; absent: never.</summary>
    public long? ExpiresMs { get; init; }

    [Length(1, 1000)]
    public string? Reason { get; init; }
}

/// <summary>An API key opens nothing any more.</summary>
[Command(Kind.System, "revoke", "key", Internal = true, ForAll = true)]
public sealed record RevokeKey : ICommand
{
    [Key]
    public string KeyId { get; init => field = value ?? ""; } = "";

    [Length(1, 1000)]
    public string? Reason { get; init; }
}

/// <summary>An API key was used; said by a process that serves, once an hour at most.</summary>
[Command(Kind.System, "record_use", "key", Internal = true, ForAll = true)]
public sealed record RecordKeyUse : ICommand
{
    [Key]
    public string KeyId { get; init => field = value ?? ""; } = "";

    public long UsedMs { get; init; }
}
