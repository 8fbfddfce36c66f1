using Microsoft.Extensions.DependencyInjection;
using Workers.Contracts;
using Workers.Contracts.Commands;
using Workers.Contracts.Effects;
using Workers.Contracts.Headers;
using Workers.Engine.Commands;
using Workers.Engine.Log;
using Workers.Engine.Options;
using Workers.Engine.Pump;
using Workers.Engine.Session;
using Workers.Engine.Store;
using Workers.Handlers;
using Workers.Tests.Dispatch;

namespace Workers.Benchmarks.Dispatch;

/// <summary>
/// The order flow on one thread, from CreateOrder to Confirmed, without log and store: what a command and a flow record cost the pump's thread.
/// Processor time; the least of the rounds, since what else runs on the machine only adds.
/// </summary>
internal sealed class OrderExecution : IAsyncDisposable
{
    private const int Batch = 100;
    private const int Orders = 1_000;

    private readonly Group _commands;
    private readonly Group _flows;
    private readonly ServiceProvider _services;
    private int _made;

    private OrderExecution()
    {
        _services = new ServiceCollection().AddLogging().AddSingleton(TimeProvider.System)
            .AddHandlers(new DomainOptions(), new RefundOptions(), new OrderFlowOptions()).BuildServiceProvider();
        _commands = new Group("commands", Topics.Commands, new CommandExecutor(
            HandlersModule.CommandTable(_services), HandlersModule.StateKinds(_services), _services.GetRequiredService<FlowRoutes>(), null, CancellationToken.None));
        _flows = new Group("sagas", Topics.Flows, new FlowExecutor(HandlersModule.FlowTable(_services), CancellationToken.None));
    }

    public static async Task RunAsync(int rounds)
    {
        await using var run = new OrderExecution();
        run.Do(Enumerable.Range(0, 100).Select(i => (ICommand)new CreateProduct { ProductId = $"p{i}", Name = "A product", Price = 10, Stock = 100_000_000 }));
        Console.WriteLine("order flow, least of the rounds    us     bytes");
        for (var round = 0; round < rounds; round++)
        {
            run._commands.Measure();
            run._flows.Measure();
            run.Do(Enumerable.Range(0, Orders).Select(_ => run.Order()));
        }

        run._commands.Print("a command");
        run._flows.Print("a flow record");
    }

    public async ValueTask DisposeAsync()
    {
        _commands.Dispose();
        _flows.Dispose();
        await _services.DisposeAsync();
    }

    /// <summary>Executes the commands and all that follows.</summary>
    private void Do(IEnumerable<ICommand> commands)
    {
        _commands.Waiting.AddRange(commands.Select(c => Record(c, "bench", null)));
        while (_commands.Waiting.Count + _flows.Waiting.Count > 0)
        {
            _commands.Step(Batch, Pass);
            _flows.Step(Batch, Pass);
        }
    }

    private void Pass(LogRecord record)
    {
        switch (record.Topic)
        {
            case Topics.Commands:
                _commands.Waiting.Add(record);
                break;
            case Topics.Flows:
                _flows.Waiting.Add(record);
                break;
            case Topics.Effects:
                ICommand answer = EffectCatalog.Read(EffectCatalog.Find(record.Headers.Get(HeaderName.Type)!)!, record.Value.Span) switch
                {
                    ChargePayment charge => new RecordCharge { PaymentId = charge.PaymentId, EffectId = charge.EffectId, Approved = true, GatewayReference = "ref" },
                    DeliverNotification notice => new RecordNotification { NotificationId = notice.NotificationId, Delivered = true },
                    var other => throw new InvalidOperationException($"{other} was not expected."),
                };
                _commands.Waiting.Add(Record(answer, "effect", record.Headers.Get(HeaderName.Flow)));
                break;
        }
    }

    private ICommand Order()
    {
        var i = _made++;
        return new CreateOrder
        {
            OrderId = $"o{i}",
            UserId = $"c{i % 100}",
            TotalAmount = 10,
            Currency = "USD",
            ShippingAddress = new ShippingAddress { Street = "1 Main", City = "S", State = "IL", Zip = "62701", Country = "US" },
            Items = [new OrderItem { ProductId = $"p{i % 100}", Sku = "S", Quantity = 1, UnitPrice = 10 }],
            Payment = new PaymentChoice { Method = "card" },
            Metadata = new Dictionary<string, string> { ["sent"] = "1763736941" },
        };
    }

    private static LogRecord Record(ICommand command, string door, string? flow)
    {
        var info = CommandCatalog.Of(command);
        var now = DateTimeOffset.UtcNow;
        return new LogRecord
        {
            Id = Ids.New(now),
            Topic = Topics.Commands,
            Key = info.GetKey(command),
            TimestampMs = now.ToUnixTimeMilliseconds(),
            Headers = new HeaderWriter().Add(HeaderName.Type, info.Name).Add(HeaderName.Source, "bench").Add(HeaderName.Door, door).Add(HeaderName.Flow, flow).Take(),
            Value = info.ToBytes(command),
        };
    }

    private sealed class Group(string name, string topic, IRecordExecutor executor) : IDisposable
    {
        private readonly MemoryReader _store = new();
        private readonly PartitionId _partition = new(topic, 0);
        private readonly List<(double Us, double Bytes)> _rounds = [];
        private BatchSession? _session;
        private (long Nanoseconds, long Bytes, int Records) _spent;

        public List<LogRecord> Waiting { get; } = [];

        public void Step(int limit, Action<LogRecord> outgoing)
        {
            var items = Waiting.Take(limit).Select(r => new WorkItem(r, null)).ToList();
            Waiting.RemoveRange(0, items.Count);
            _session ??= new BatchSession(name, _partition, _store, TimeProvider.System);
            var flush = new Flush { Position = new PositionMove(name, _partition, 0, 0, 0) };
            var (bytes, started) = (GC.GetAllocatedBytesForCurrentThread(), ThreadTime.Nanoseconds);
            executor.Prepare(items, _session);
            foreach (var item in items)
            {
                _session.Begin();
                if (executor.Execute(item, _session) is { Kind: not ExecutionKind.Done } failed)
                {
                    throw new InvalidOperationException($"{item.Record.Key}: {failed.Reason}", failed.Error);
                }
            }

            _session.Enter(RecordScope.None);
            _session.MoveTo(flush);
            executor.MoveTo(flush);
            _spent = (_spent.Nanoseconds + ThreadTime.Nanoseconds - started, _spent.Bytes + GC.GetAllocatedBytesForCurrentThread() - bytes, _spent.Records + items.Count);
            _store.Apply(flush);
            if (flush.Outcomes.FirstOrDefault(o => o.Outcome.State is not (CommandState.Succeeded or CommandState.Running)) is { } refused)
            {
                throw new InvalidOperationException(System.Text.Encoding.UTF8.GetString(refused.Outcome.Body));
            }

            flush.Outgoing.ForEach(outgoing);
        }

        public void Measure()
        {
            if (_spent.Records > 0)
            {
                _rounds.Add((_spent.Nanoseconds / 1e3 / _spent.Records, (double)_spent.Bytes / _spent.Records));
            }

            _spent = default;
        }

        public void Print(string what)
        {
            Measure();
            Console.WriteLine($"{what,-26} {_rounds.Min(r => r.Us),10:N1} {_rounds[^1].Bytes,9:N0}");
        }

        public void Dispose() => _session?.Dispose();
    }
}
