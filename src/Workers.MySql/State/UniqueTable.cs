using Workers.Engine.Store;
using Workers.MySql.Connections;

namespace Workers.MySql.State;

/// <summary>Values that only one owner may have: e-mail, sku.</summary>
internal static class UniqueTable
{
    /// <summary>
    /// Claims and releases in their order; claims that follow each other go together, sorted. False where another owner has a value. Claiming again
    /// what one has, or releasing what one has not, changes nothing.
    /// </summary>
    public static bool Write(IWrites target, List<UniqueWrite> writes)
    {
        var claims = new List<UniqueWrite>();
        foreach (var write in writes)
        {
            if (!write.Release)
            {
                claims.Add(write);
                continue;
            }

            if (!Claim(target, claims))
            {
                return false;
            }

            claims.Clear();
            target.Run(
                "DELETE FROM uniques WHERE space = ? AND value = ? AND owner = ?", null,
                v => v.AddUtf8(write.Space).AddUtf8(write.Value).AddUtf8(write.Owner));
        }

        return Claim(target, claims);
    }

    public static string? Find(Session session, string space, string value) =>
        session["SELECT owner FROM uniques WHERE space = ? AND value = ?"].AddUtf8(space).AddUtf8(value).First(r => r.Utf8(0));

    private static bool Claim(IWrites target, List<UniqueWrite> claims)
    {
        claims.Sort((a, b) => string.CompareOrdinal(a.Space, b.Space) is not 0 and var c ? c : string.CompareOrdinal(a.Value, b.Value));
        return target.Insert(
                "INSERT INTO uniques(space, value, owner)", 3, "ON DUPLICATE KEY UPDATE owner = owner", claims, claims.Count, _ => 256,
                (v, w) => v.AddUtf8(w.Space).AddUtf8(w.Value).AddUtf8(w.Owner))
            || claims.TrueForAll(w => Find((Session)target, w.Space, w.Value) == w.Owner);
    }
}
