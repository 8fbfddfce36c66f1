using System.ComponentModel.DataAnnotations;
using Workers.Engine.Encryption;

namespace Workers.Engine.Options;

/// <summary>
/// <c>Workers:Encryption</c>: with what sensitive values are encrypted in log and stores. Without any of both, state in SQLite has a key file of its own
/// (<c>encryption.key</c> in the data directory); state in MySQL takes a key that lies in the database, which does not protect from who reads that.
/// </summary>
public sealed class EncryptionOptions : IValidatableObject
{
    /// <summary>File of keys, a line each, <c>id:base64 of 32 bytes</c>: the first encrypts, the others are for what was written before. Default empty.</summary>
    public string KeyFile { get; set; } = "";

    /// <summary>The same, separated by commas, where secrets are in the environment. Default none.</summary>
    [Secret]
    public IReadOnlyList<string> Keys { get; set; } = [];

    /// <summary>Rules over several keys.</summary>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (KeyFile.Length > 0 && Keys.Count > 0)
        {
            yield return new("Workers:Encryption has both KeyFile and Keys; give one");
        }

        foreach (var wrong in Keys.Select(Wrong).OfType<string>().Take(1))
        {
            yield return new($"Workers:Encryption:Keys: {wrong}");
        }
    }

    private static string? Wrong(string key)
    {
        try
        {
            DataKey.Parse(key);
            return null;
        }
        catch (FormatException error)
        {
            return error.Message;
        }
    }
}

/// <summary><c>Workers:Security</c>.</summary>
public sealed class SecurityOptions
{
    /// <summary>Members of open data, by their JSON names, that are encrypted and never shown, besides card_number, cvv, cvc, password and secret. Default none.</summary>
    public IReadOnlyList<string> SensitiveFields { get; set; } = [];
}
