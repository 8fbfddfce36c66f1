namespace Workers.Engine.Control;

/// <summary>An API key, as every process knows it.</summary>
/// <param name="Name">What people call it.</param>
/// <param name="Owner">Under whose name its commands run.</param>
/// <param name="Roles">What it may do.</param>
/// <param name="Hash">SHA-256 of the key, hex.</param>
/// <param name="Signing">Encrypted: the secret by which its requests must be signed; null where they need not be.</param>
/// <param name="ExpiresMs">When it ends; null for never.</param>
/// <param name="UsedMs">When it was used, to the hour; null for never.</param>
/// <param name="Reason">Why it was made.</param>
/// <param name="By">Who made it.</param>
/// <param name="AtMs">When it was made.</param>
public sealed record KeyRow(
    string Name, string Owner, IReadOnlyList<string> Roles, string Hash, string? Signing, long? ExpiresMs, long? UsedMs, string? Reason, string By, long AtMs)
{
    /// <summary>How exactly it is told when a key was used.</summary>
    public const long UseStepMs = 3_600_000;
}
