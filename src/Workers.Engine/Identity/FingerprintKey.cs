using System.Security.Cryptography;

namespace Workers.Engine.Identity;

/// <summary>The installation's secret behind fingerprints: who reads the store cannot guess data by their hash.</summary>
/// <param name="Bytes">At least 16 random bytes, the same for the installation's life.</param>
public sealed record FingerprintKey(byte[] Bytes)
{
    public const int Length = 32;

    /// <summary>
    /// HMAC-SHA256 of a command's canonical data, by which a caller's repeat is told from another command under the same key. <c>command_id</c> is no part of
    /// the data; an id that the door made is one of caller, name and key, so that it is equal where those are.
    /// </summary>
    public byte[] Of(ReadOnlySpan<byte> canonical) => HMACSHA256.HashData(Bytes, canonical);
}
