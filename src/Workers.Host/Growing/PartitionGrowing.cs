using Microsoft.Extensions.Logging.Abstractions;
using Workers.Engine.Log;
using Workers.Engine.Store;
using Workers.Host.CommandLine;
using Workers.Host.Configuration;
using Workers.Kafka;

namespace Workers.Host.Growing;

/// <summary>
/// More partitions, step by step: nobody else is there; what is in the log is executed; from the note that it is begun on nothing starts until it is done; the log
/// grows; what the store keeps by partition goes where its key belongs now. Until the note a kill changes nothing, after it the same call goes on.
/// </summary>
internal sealed class PartitionGrowing(Settings settings, int to, TimeSpan timeout, Terminal terminal)
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(500);

    private readonly WorkersOptions _options = settings.Options;

    private string Key => _options.HasKafka() ? "Workers:Kafka:Partitions" : "Workers:Log:Partitions";

    private int Most => _options.HasKafka() ? 1_000 : 64;

    public async Task<int> RunAsync()
    {
        using ILogGrowth log = _options.HasKafka() ? KafkaGrowth.Open(_options.Kafka, RoleNames.Groups, NullLogger.Instance) : new FileGrowth(_options);
        if (log.Partitions() is not { } there)
        {
            terminal.Fail($"There is no log yet; it is made with as many partitions as {Key} says.");
            return ExitCodes.Unavailable;
        }

        if (to < there.Fewest || to > Most)
        {
            terminal.Fail(to > Most ? $"--to must be at most {Most}." : $"The topics have {there.Fewest} partitions, and there are never fewer: records stay where they are.");
            return ExitCodes.Usage;
        }

        // In the file both change at once.
        if (to == there.Most && !_options.HasKafka())
        {
            return Same();
        }

        Use(there.Fewest);
        var (ended, from) = await BegunAsync(log, there);
        return ended ?? await GrowAsync(log, from);
    }

    /// <summary>Completes what was begun before, and says where there is nothing to do; null where it is to begin, and by how many keys are placed until then.</summary>
    private async Task<(int? Ended, int From)> BegunAsync(ILogGrowth log, (int Fewest, int Most) there)
    {
        await using var store = new Draining(settings, default, terminal);
        if (await store.Store.BegunAsync(CancellationToken.None) is { } begun)
        {
            if (begun.To == to)
            {
                return (await CompleteAsync(log, store.Store, begun), begun.From);
            }

            terminal.Fail($"The topics are being given {begun.To} partitions, which was not completed; run 'Workers.Host partitions --to {begun.To}' first.");
            return (ExitCodes.Usage, begun.From);
        }

        // What others have done to the topics counts for nothing until keys are placed so.
        var from = _options.HasKafka() ? await store.Store.CountAsync(CancellationToken.None) ?? there.Fewest : there.Fewest;
        if (there.Fewest < from || to < there.Most)
        {
            terminal.Fail(there.Fewest < from
                ? $"A topic has {there.Fewest} partitions, but keys are placed by {from}: it was made anew. Delete it, start with {Key}={from}, and set the positions."
                : $"A topic has {there.Most} partitions, and there are never fewer: run it with --to {there.Most} or more.");
            return (ExitCodes.Usage, from);
        }

        if (to == from)
        {
            return (Same(), from);
        }

        if (await OthersAsync(log, store.Store) is { Count: > 0 } others)
        {
            terminal.Fail($"Other processes are at work: {string.Join(", ", others)}; stop them first.");
            return (ExitCodes.Unavailable, from);
        }

        Use(from);
        _options.Kafka.TakeMorePartitions();
        return (null, from);
    }

    private async Task<int> GrowAsync(ILogGrowth log, int from)
    {
        var clock = TimeProvider.System;
        var until = clock.GetUtcNow() + timeout;
        while (true)
        {
            await using var draining = new Draining(settings, until, terminal);
            if (await draining.RunAsync() is { } why)
            {
                terminal.Fail($"{why.TrimEnd('.')}. Nothing was changed.");
                return ExitCodes.Failed;
            }

            if (await draining.EndsAsync() is { } ends)
            {
                var growth = new Growth(from, to, clock.GetUtcNow().ToUnixTimeMilliseconds(), ends);
                await draining.Store.BeginAsync(growth, CancellationToken.None);
                return await CompleteAsync(log, draining.Store, growth);
            }

            terminal.Warn("Something was written meanwhile: what waits is executed again.");
        }
    }

    private async Task<int> CompleteAsync(ILogGrowth log, IPartitionGrowth store, Growth growth)
    {
        try
        {
            log.Grow(to);
        }
        catch (GrowthRefusedException error) when (log.Partitions()?.Most == growth.From)
        {
            await store.WithdrawAsync(growth, CancellationToken.None);
            terminal.Fail($"{error.Message} Nothing was changed.");
            return ExitCodes.Unavailable;
        }
        catch (Exception error) when (error is StoreOpenException or GrowthRefusedException)
        {
            // Without a definite no the brokers may make them still, when they have answered no more.
            terminal.Fail($"{error.Message} Nothing else starts until 'Workers.Host partitions --to {to}' was run again.");
            return ExitCodes.Unavailable;
        }

        await store.CompleteAsync(growth, CancellationToken.None);
        terminal.Line($"The topics have {to} partitions now, {growth.From} before. Set {Key}={to} for every process, and start them.");
        return ExitCodes.Ok;
    }

    /// <summary>Who was killed is a member until its session is over.</summary>
    private async Task<IReadOnlyList<string>> OthersAsync(ILogGrowth log, IPartitionGrowth store)
    {
        var until = TimeProvider.System.GetUtcNow() + _options.Kafka.SessionTimeout + TimeSpan.FromSeconds(5);
        while (true)
        {
            var others = log.Members().CountBy(name => name).Select(one => one.Value == 1 ? one.Key : $"{one.Key} ({one.Value})")
                .Concat((await store.OthersAsync(CancellationToken.None)).Select(name => $"connected to MySQL from {name}")).ToList();
            if (others.Count == 0 || TimeProvider.System.GetUtcNow() >= until)
            {
                terminal.ProgressEnd();
                return others;
            }

            terminal.Progress("Other processes are still there");
            await Task.Delay(Look);
        }
    }

    private int Same()
    {
        terminal.Line($"The topics have {to} partitions already.");
        return ExitCodes.Ok;
    }

    private void Use(int partitions) => (_options.Log.Partitions, _options.Kafka.Partitions) = _options.HasKafka()
        ? (_options.Log.Partitions, partitions)
        : (partitions, _options.Kafka.Partitions);
}
