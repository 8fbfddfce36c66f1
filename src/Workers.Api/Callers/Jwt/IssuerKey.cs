using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;

namespace Workers.Api.Callers.Jwt;

/// <summary>A public key of a key set (RFC 7517): RSA of at least 2,048 bits, or P-256.</summary>
internal sealed class IssuerKey
{
    private const int LeastBits = 2048;

    private readonly RSAParameters? _rsa;
    private readonly ECParameters? _ec;
    private readonly string? _algorithm;

    private IssuerKey(string? kid, string? algorithm, RSAParameters? rsa, ECParameters? ec) => (Kid, _algorithm, _rsa, _ec) = (kid, algorithm, rsa, ec);

    public string? Kid { get; }

    /// <summary>Null where it is none that signs, or of a kind that is not taken.</summary>
    public static IssuerKey? Read(JsonElement key)
    {
        if (Text(key, "use") is not (null or "sig"))
        {
            return null;
        }

        var (kid, algorithm) = (Text(key, "kid"), Text(key, "alg"));
        return Text(key, "kty") switch
        {
            "RSA" when Bytes(key, "n") is { Length: >= LeastBits / 8 } n && Bytes(key, "e") is { } e =>
                new IssuerKey(kid, algorithm, new RSAParameters { Modulus = n, Exponent = e }, null),
            "EC" when Text(key, "crv") == "P-256" && Bytes(key, "x") is { Length: 32 } x && Bytes(key, "y") is { Length: 32 } y =>
                new IssuerKey(kid, algorithm, null, new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = new ECPoint { X = x, Y = y } }),
            _ => null,
        };
    }

    /// <summary>Whether it has made this signature, by an algorithm that it is for.</summary>
    public bool Verifies(string algorithm, ReadOnlySpan<byte> signed, ReadOnlySpan<byte> signature)
    {
        if (_algorithm is not null && _algorithm != algorithm)
        {
            return false;
        }

        try
        {
            switch (algorithm)
            {
                case "RS256" or "PS256" when _rsa is { } parameters:
                    using (var rsa = RSA.Create(parameters))
                    {
                        return rsa.VerifyData(signed, signature, HashAlgorithmName.SHA256, algorithm == "RS256" ? RSASignaturePadding.Pkcs1 : RSASignaturePadding.Pss);
                    }

                case "ES256" when _ec is { } parameters:
                    using (var ec = ECDsa.Create(parameters))
                    {
                        return ec.VerifyData(signed, signature, HashAlgorithmName.SHA256);
                    }

                default:
                    return false;
            }
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    private static byte[]? Bytes(JsonElement key, string name) => Text(key, name) is { } text && Base64Url.IsValid(text) ? Base64Url.DecodeFromChars(text) : null;

    private static string? Text(JsonElement key, string name) => key.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
