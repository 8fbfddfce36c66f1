using System.Security.Cryptography;
using Workers.Contracts.Commands;
using Workers.Engine.Encryption;
using Workers.Engine.Identity;
using Workers.Engine.Store;
using Workers.Handlers.Projections;

namespace Workers.Host.Configuration;

/// <summary>With what sensitive values are encrypted, as the configuration says.</summary>
internal static class EncryptionKeys
{
    /// <summary>Made in the data directory where no key is configured and the state is there too.</summary>
    public const string FileName = "encryption.key";

    public static IServiceCollection AddEncryption(this IServiceCollection services, WorkersOptions options)
    {
        if (Wrong(options.Security.SensitiveFields) is { } wrong)
        {
            throw new ConfigurationException(wrong);
        }

        var names = new SensitiveNames([.. SensitiveMask.DefaultNames, .. options.Security.SensitiveFields]);
        var configured = Configured(options);
        return services.AddSingleton(names).AddSingleton(new SensitiveMask(names))
            .AddSingleton(provider => new DataCipher([.. configured ?? [], OfStore(provider.GetRequiredService<FingerprintKey>())], names));
    }

    /// <summary>Whether the key lies beside what it encrypts.</summary>
    public static bool LiesInStore(WorkersOptions options) => options.HasMySql() && options.Encryption is { KeyFile.Length: 0, Keys.Count: 0 };

    // Their handlers would find a text of ours where an address or an amount was.
    private static string? Wrong(IReadOnlyList<string> fields) => fields
        .Select(field => (field, Info: CommandCatalog.All.FirstOrDefault(info => SensitiveNames.Plain(info.Type).Contains(field, StringComparer.Ordinal))))
        .Where(one => one.Info is not null)
        .Select(one => $"Workers:Security:SensitiveFields cannot name {one.field}, which {one.Info!.Name} itself is executed by; name members of open data only")
        .FirstOrDefault();

    private static IReadOnlyList<DataKey>? Configured(WorkersOptions options) =>
        LiesInStore(options) ? null
        : options.Encryption.Keys.Count > 0 ? [.. options.Encryption.Keys.Select(DataKey.Parse)]
        : options.Encryption.KeyFile.Length > 0 ? Read(options.Encryption.KeyFile, "Workers:Encryption:KeyFile", () => File.ReadAllText(options.Encryption.KeyFile))
        : OfDirectory(Path.Combine(Path.GetFullPath(options.Data), FileName));

    // No fault of the configuration where it cannot be made: the directory is full, or not to be written.
    private static IReadOnlyList<DataKey> OfDirectory(string path) => Read(path, "The key file", () =>
    {
        try
        {
            return PrivateFile.ReadOrMake(path, () => $"{DataKey.Make()}\n");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new StoreOpenException($"The key file {path} cannot be read or made: {error.Message}", error);
        }
    });

    private static IReadOnlyList<DataKey> Read(string path, string what, Func<string> read)
    {
        try
        {
            var lines = read().Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Where(line => !line.StartsWith('#')).ToList();
            return lines.Count > 0 ? lines.ConvertAll(DataKey.Parse) : throw new FormatException("It has no key");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or FormatException)
        {
            throw new ConfigurationException($"{what} {path} cannot be used: {error.Message}");
        }
    }

    // The same for every process: the database's own secret leads to it. Last, so that what was written before a key was configured is read.
    private static DataKey OfStore(FingerprintKey secret) =>
        new("store", HKDF.DeriveKey(HashAlgorithmName.SHA256, secret.Bytes, DataKey.Length, info: "workers data key"u8.ToArray()));
}
