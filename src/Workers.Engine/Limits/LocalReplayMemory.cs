using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace Workers.Engine.Limits;

/// <summary>
/// What this process has served. Of each key so many signatures are kept; of one that sends more in its window those that end first are forgotten, and then nothing
/// is taken any more that ends as early: the window becomes shorter, and no hole in it.
/// </summary>
public sealed class LocalReplayMemory(TimeProvider clock, int maxEach = LocalReplayMemory.MaxEach) : IReplayMemory
{
    /// <summary>Signatures kept of one key.</summary>
    public const int MaxEach = 100_000;

    private readonly ConcurrentDictionary<string, Served> _byKey = new(StringComparer.Ordinal);

    public ValueTask<bool> IsFirstAsync(string keyId, string signature, DateTimeOffset until, CancellationToken cancellation) =>
        new(_byKey.GetOrAdd(keyId, static _ => new Served()).IsFirst(Of(signature), until.ToUnixTimeSeconds(), clock.GetUtcNow().ToUnixTimeSeconds(), maxEach));

    private static UInt128 Of(string signature) => System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(signature)));

    private sealed class Served
    {
        private readonly Lock _gate = new();
        private readonly SortedDictionary<long, HashSet<UInt128>> _byEnd = [];
        private long _forgotten;
        private int _count;

        public bool IsFirst(UInt128 signature, long until, long now, int max)
        {
            lock (_gate)
            {
                while (_byEnd.Count > 0 && _byEnd.First().Key < now)
                {
                    Forget(_byEnd.First().Key);
                }

                if (until <= _forgotten)
                {
                    return false;
                }

                if (!_byEnd.TryGetValue(until, out var ones))
                {
                    _byEnd.Add(until, ones = []);
                }

                if (!ones.Add(signature))
                {
                    return false;
                }

                if (++_count > max)
                {
                    Forget(_byEnd.First().Key);
                }

                return true;
            }
        }

        private void Forget(long end)
        {
            _byEnd.Remove(end, out var ones);
            _count -= ones!.Count;
            _forgotten = end;
        }
    }
}
