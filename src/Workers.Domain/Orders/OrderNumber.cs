using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Workers.Domain;

/// <summary><c>ORD-</c> and ten characters of Crockford's base 32, the same for the same order and command, so that a repeat tells no other number.</summary>
public static class OrderNumber
{
    private const string Alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

    public static string Of(string orderId, string commandId)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{orderId}\n{commandId}"));
        var bits = BinaryPrimitives.ReadUInt64BigEndian(hash);
        return string.Create(14, bits, static (text, rest) =>
        {
            "ORD-".CopyTo(text);
            for (var i = 4; i < text.Length; i++)
            {
                text[i] = Alphabet[(int)(rest & 31)];
                rest >>= 5;
            }
        });
    }
}
