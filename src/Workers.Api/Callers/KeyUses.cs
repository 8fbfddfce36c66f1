using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Workers.Contracts;
using Workers.Contracts.Commands;
using Workers.Contracts.Headers;
using Workers.Engine.Control;
using Workers.Engine.Log;

namespace Workers.Api.Callers;

/// <summary>Tells the store when a key was used, once an hour at most: by a command, since doors write nothing else.</summary>
internal sealed class KeyUses(KeyRing keys, ILog log, TimeProvider clock, ILogger<KeyUses> logger)
{
    private readonly ConcurrentDictionary<string, long> _told = new(StringComparer.Ordinal);

    public void Note(Caller caller)
    {
        if (caller.KeyId is not { } id || keys.Find(id) is not { } key)
        {
            return;
        }

        var now = clock.GetUtcNow();
        var ms = now.ToUnixTimeMilliseconds();
        var last = Math.Max(key.Row.UsedMs ?? 0, _told.GetValueOrDefault(id));
        if (ms - last >= KeyRow.UseStepMs && (_told.TryGetValue(id, out var told) ? _told.TryUpdate(id, ms, told) : _told.TryAdd(id, ms)))
        {
            _ = TellAsync(id, caller.Name, now);
        }
    }

    private async Task TellAsync(string id, string owner, DateTimeOffset now)
    {
        var info = CommandCatalog.Of<RecordKeyUse>();
        try
        {
            await log.AppendAsync(
                new LogRecord
                {
                    Id = Ids.New(now),
                    Topic = info.Topic,
                    Key = id,
                    TimestampMs = now.ToUnixTimeMilliseconds(),
                    Headers = new HeaderWriter().Add(HeaderName.Type, info.Name).Add(HeaderName.Source, owner).Add(HeaderName.Door, "internal").Take(),
                    Value = info.ToBytes(new RecordKeyUse { KeyId = id, UsedMs = now.ToUnixTimeMilliseconds() }),
                },
                CancellationToken.None);
        }
        catch (LogUnavailableException error)
        {
            Log.NotTold(logger, "the use of a key", error);
        }
    }
}
