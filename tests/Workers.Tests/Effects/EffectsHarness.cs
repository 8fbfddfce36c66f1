using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Workers.Contracts;
using Workers.Contracts.Commands;
using Workers.Contracts.Effects;
using Workers.Contracts.Headers;
using Workers.Engine.Effects;
using Workers.Engine.Log;
using Workers.Engine.Options;
using Workers.Engine.Pump;
using Workers.Engine.Store;
using Workers.Sqlite;

namespace Workers.Tests.Effects;

/// <summary>An effects pump over the embedded store in a directory of its own; its commits can be waited for.</summary>
internal sealed class EffectsHarness : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly string _directory = Directory.CreateTempSubdirectory("workers-effects-").FullName;
    private readonly SqliteDatabase _database;
    private readonly List<EffectsPump> _pumps = [];
    private readonly Channel<Flush> _commits = Channel.CreateUnbounded<Flush>();
    private readonly TimeProvider _clock;

    private readonly ILogger _logger;

    public EffectsHarness(TimeProvider? clock = null, int partitions = 1, ILogger? logger = null)
    {
        _logger = logger ?? NullLogger.Instance;
        _clock = clock ?? TimeProvider.System;
        _database = SqliteDatabase.Open(
            new SqliteOptions { Path = Path.Combine(_directory, "workers.db"), Partitions = partitions }, _clock, NullLogger.Instance);
        Store = new FaultyStore(_database.State);
    }

    public FaultyStore Store { get; }

    public EffectsPump Start(IEffectHandler handler, int concurrency = 64)
    {
        var pump = new EffectsPump(
            [handler], new EffectOptions { Concurrency = concurrency }, _database.Log, Store, new PumpOptions(), _clock, _logger, "test",
            flush => _commits.Writer.TryWrite(flush));
        _pumps.Add(pump);
        pump.Start();
        return pump;
    }

    public static ChargePayment Charge(string payment, string effect = "e1") =>
        new() { PaymentId = payment, EffectId = effect, Amount = 10, Currency = "USD", Gateway = "simulated" };

    public async Task<LogRecord> AppendAsync(IEffect effect) => (await AppendAsync([effect]))[0];

    public async Task<IReadOnlyList<LogRecord>> AppendAsync(params IReadOnlyList<IEffect> effects)
    {
        var records = effects.Select(e => Record(e.Key, e.GetType().Name, EffectCatalog.ToBytes(e))).ToList();
        await _database.Log.AppendAsync(records, CancellationToken.None);
        return records;
    }

    public async Task<LogRecord> AppendAsync(string key, string type, byte[] value)
    {
        var record = Record(key, type, value);
        await _database.Log.AppendAsync(record, CancellationToken.None);
        return record;
    }

    /// <summary>The next commit of this kind; those before it are forgotten.</summary>
    public async Task<Flush> CommitAsync(Func<Flush, bool> which)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (true)
        {
            var flush = await _commits.Reader.ReadAsync(patience.Token);
            if (which(flush))
            {
                return flush;
            }
        }
    }

    public Task<Flush> ResultAsync() => CommitAsync(f => f.Outgoing.Count > 0);

    /// <summary>The next commit that makes an effect wait: its row.</summary>
    public async Task<ParkedRow> RetryAsync() =>
        (await CommitAsync(f => f.Parked.Exists(r => r.Reason == "retry"))).Parked.Single(r => r.Reason == "retry");

    /// <summary>Everything on the topic of commands.</summary>
    public IReadOnlyList<LogRecord> Commands()
    {
        using var wake = new Signal();
        using var reader = _database.Log.OpenReader([Topics.Commands], wake);
        var cursors = Enumerable.Range(0, _database.Log.Partitions(Topics.Commands))
            .Select(n => new PartitionCursor(new PartitionId(Topics.Commands, n), 0)).ToList();
        reader.Fill(cursors);
        return [.. cursors.SelectMany(c => c.Pending)];
    }

    public static RecordCharge Read(LogRecord command) => (RecordCharge)CommandCatalog.Find(nameof(RecordCharge))!.Read(command.Value.Span);

    /// <summary>The effects that are stored as not done.</summary>
    public IReadOnlyList<ParkedRow> Rows()
    {
        using var reader = Store.OpenReader();
        return [.. reader.ParkedRows(EffectsPump.Group, 1_000, (_, row) => row)];
    }

    public async Task<bool> IsCleanAsync() =>
        (await Store.PositionAsync(EffectsPump.Group, new PartitionId(Topics.Effects, 0), CancellationToken.None))!.Clean;

    public void Dispose()
    {
        _pumps.ForEach(p => p.Stop(TimeSpan.FromSeconds(1)));
        _pumps.ForEach(p => p.Dispose());
        _database.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private LogRecord Record(string key, string type, byte[] value)
    {
        var now = _clock.GetUtcNow();
        return new LogRecord
        {
            Id = Ids.New(now),
            Topic = Topics.Effects,
            Key = key,
            TimestampMs = now.ToUnixTimeMilliseconds(),
            Headers = new HeaderWriter().Add(HeaderName.Type, type).Add(HeaderName.CorrelationId, "c-1").Add(HeaderName.Flow, "order/f-1")
                .Add(HeaderName.TraceParent, "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01").Take(),
            Value = value,
        };
    }
}
