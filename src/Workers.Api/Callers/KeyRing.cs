using System.Collections.Frozen;
using System.Text.Json;
using Workers.Engine.Control;
using Workers.Engine.Identity;

namespace Workers.Api.Callers;

/// <summary>The API keys as this process knows them: what another has changed it knows within a second (<see cref="ControlFeed"/>).</summary>
internal sealed class KeyRing(ControlFeed control, TimeProvider clock)
{
    private volatile Known _known = new(ControlState.Empty, false, FrozenDictionary<string, StoredKey>.Empty);

    /// <summary>Since the first key was made, also when all have been revoked: who has locked a door does not find it open again.</summary>
    public bool HasHadKeys => Current.HasHad;

    /// <summary>All that are not revoked, expired ones too, the newest first.</summary>
    public IEnumerable<StoredKey> All => Current.Keys.Values.OrderByDescending(key => key.Row.AtMs).ThenBy(key => key.Id, StringComparer.Ordinal);

    public StoredKey? Find(string id) => Current.Keys.GetValueOrDefault(id);

    public bool IsExpired(StoredKey key) => key.Row.ExpiresMs <= clock.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>The key that this is; null where it is none, or was revoked.</summary>
    public StoredKey? Match(string text) => ApiKey.TryId(text, out var id) && Find(id) is { } key && ApiKey.Is(text, key.Row.Hash) ? key : null;

    /// <summary>What was changed a moment ago is known when this returns.</summary>
    public void Ask() => control.Ask();

    private Known Current
    {
        get
        {
            var (known, state) = (_known, control.Current);
            return ReferenceEquals(known.State, state) ? known : _known = Read(state, known);
        }
    }

    // Rows that have not changed are not read again.
    private static Known Read(ControlState state, Known before)
    {
        var keys = new Dictionary<string, StoredKey>(StringComparer.Ordinal);
        foreach (var row in state.Rows(ControlKinds.Key))
        {
            if (before.Keys.TryGetValue(row.Name, out var known) && known.Version == row.Version)
            {
                keys.Add(row.Name, known);
            }
            else if (Parse(row) is { } key)
            {
                keys.Add(row.Name, new StoredKey(row.Name, row.Version, key));
            }
        }

        return new Known(state, state.HasHad(ControlKinds.Key), keys.ToFrozenDictionary(StringComparer.Ordinal));
    }

    private static KeyRow? Parse(Engine.Store.ControlRow row)
    {
        try
        {
            return ControlData.ReadKey(row);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private sealed record Known(ControlState State, bool HasHad, FrozenDictionary<string, StoredKey> Keys);
}

/// <param name="Version">Of the row that it was read from.</param>
internal sealed record StoredKey(string Id, long Version, KeyRow Row)
{
    public Caller Caller { get; } = new(Row.Owner, Roles.Granted(Row.Roles), "key:" + Id, Id, Row.ExpiresMs);
}
