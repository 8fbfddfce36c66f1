using Workers.Engine.Store;
using Workers.Engine.Waiting;

namespace Workers.Api.Doors;

/// <summary>Which callers' keys are taken already, and how far their commands are.</summary>
internal sealed class KnownKeys(StateReaders readers)
{
    /// <summary>What is known of a submission's key; null where nothing is, so that it is to be appended.</summary>
    public KnownKey? Find(Submission submission) => submission.Key is { } key ? Find([submission]).GetValueOrDefault(key.Hash) : null;

    /// <summary>The same for several, by hash.</summary>
    public Dictionary<Guid, KnownKey> Find(IReadOnlyList<Submission> submissions)
    {
        var known = new Dictionary<Guid, KnownKey>();
        var keys = new Dictionary<Guid, CallerKeyWrite>();
        var outcomes = new Dictionary<Guid, Outcome>();
        using (var loan = readers.Rent())
        {
            var hashes = submissions.Where(s => s.Key is not null).Select(s => s.Key!.Hash).Distinct().ToList();
            loan.Reader.FindCallerKeys(hashes, keys);
            if (keys.Count > 0)
            {
                loan.Reader.FindOutcomes([.. keys.Values.Select(key => key.CommandId)], outcomes);
            }
        }

        foreach (var (hash, first) in keys)
        {
            // An outcome that is kept no longer: the command runs again.
            if (outcomes.TryGetValue(first.CommandId, out var outcome))
            {
                known.Add(hash, new KnownKey(outcome, first.Fingerprint));
            }
        }

        return known;
    }
}

/// <param name="First">The outcome, final or not, of the command that took the key.</param>
/// <param name="Fingerprint">Of that command's data.</param>
internal sealed record KnownKey(Outcome First, byte[] Fingerprint)
{
    public bool IsOther(Submission submission) => !submission.Key!.Fingerprint.AsSpan().SequenceEqual(Fingerprint);
}
