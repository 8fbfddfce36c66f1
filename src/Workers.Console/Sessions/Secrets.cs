using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Workers.Engine.Identity;

namespace Workers.Pages.Sessions;

/// <summary>Encrypts and signs what a browser keeps for the console, with keys that come of the installation's secret: every process can read what another has written.</summary>
internal sealed class Secrets(FingerprintKey installation)
{
    private const int Nonce = 12;
    private const int Tag = 16;

    private readonly byte[] _encrypts = HKDF.DeriveKey(HashAlgorithmName.SHA256, installation.Bytes, 32, info: "workers console session"u8.ToArray());
    private readonly byte[] _signs = HKDF.DeriveKey(HashAlgorithmName.SHA256, installation.Bytes, 32, info: "workers console forms"u8.ToArray());

    /// <summary>A text that nobody can read or change; base64url.</summary>
    public string Seal(string text)
    {
        var plain = Encoding.UTF8.GetBytes(text);
        var sealedBytes = new byte[Nonce + plain.Length + Tag];
        var span = sealedBytes.AsSpan();
        RandomNumberGenerator.Fill(span[..Nonce]);
        using var aes = new AesGcm(_encrypts, Tag);
        aes.Encrypt(span[..Nonce], plain, span.Slice(Nonce, plain.Length), span[^Tag..]);
        return Base64Url.EncodeToString(sealedBytes);
    }

    /// <summary>The text again; null where it was not sealed here.</summary>
    public string? Open(string text)
    {
        if (!Base64Url.IsValid(text, out var length) || length < Nonce + Tag)
        {
            return null;
        }

        var bytes = Base64Url.DecodeFromChars(text).AsSpan();
        var plain = new byte[bytes.Length - Nonce - Tag];
        using var aes = new AesGcm(_encrypts, Tag);
        try
        {
            aes.Decrypt(bytes[..Nonce], bytes[Nonce..^Tag], bytes[^Tag..], plain);
            return Encoding.UTF8.GetString(plain);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    /// <summary>Another text each time: who sees how well pages are compressed learns nothing of what is in all of them. base64url.</summary>
    public static string Mask(string text)
    {
        var bytes = new byte[2 * text.Length];
        RandomNumberGenerator.Fill(bytes.AsSpan(0, text.Length));
        for (var at = 0; at < text.Length; at++)
        {
            bytes[text.Length + at] = (byte)(text[at] ^ bytes[at]);
        }

        return Base64Url.EncodeToString(bytes);
    }

    /// <summary>What was masked; null where nothing was.</summary>
    public static string? Unmask(string masked)
    {
        if (!Base64Url.IsValid(masked, out var length) || length % 2 != 0)
        {
            return null;
        }

        var bytes = Base64Url.DecodeFromChars(masked);
        return string.Create(length / 2, bytes, static (text, all) =>
        {
            for (var at = 0; at < text.Length; at++)
            {
                text[at] = (char)(all[at] ^ all[text.Length + at]);
            }
        });
    }

    public string Sign(string text) => Base64Url.EncodeToString(HMACSHA256.HashData(_signs, Encoding.UTF8.GetBytes(text)));

    public bool IsSigned(string text, string signature) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(Sign(text)), Encoding.UTF8.GetBytes(signature));
}
