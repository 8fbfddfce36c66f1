using System.Security.Cryptography;
using System.Text;

namespace Workers.Engine.Identity;

/// <summary>What the program's own command line shows: it lies in the data directory, and whoever may read that may do everything anyway. Taken from this machine alone.</summary>
public sealed record LocalSecret(string Text)
{
    public const string Prefix = "wl_";

    public bool Is(string text) => CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(text)), SHA256.HashData(Encoding.UTF8.GetBytes(Text)));
}
