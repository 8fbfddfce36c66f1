using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Workers.Contracts;
using Workers.Contracts.Headers;
using Workers.Engine.Dispatch;
using Workers.Engine.Log;
using Workers.Engine.Session;
using Workers.Engine.Store;

namespace Workers.Tests.Dispatch;

/// <summary>A group with its receivers and one partition's session, without pump, log and store.</summary>
internal sealed class Dispatching : IAsyncDisposable
{
    public static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly ServiceProvider _services;
    private BatchSession _session;
    private long _offset;

    public Dispatching(
        Action<IBusRegistrationConfigurator> register, Func<Receivers, IReadOnlyCollection<Receiver>> receivers, Action<IServiceCollection>? services = null)
    {
        var collection = new ServiceCollection().AddLogging().AddSingleton(FlowJson.Registry());
        services?.Invoke(collection);
        _services = collection.AddDispatch(register).BuildServiceProvider();
        Table = new DispatchTable("tests", Registry, receivers(Receivers));
        _session = NewSession();
    }

    public static Dispatching Orders() => new(
        bus => bus.AddSagaStateMachine<OrderMachine, OrderState>(), made => [made.Saga("orders", FlowJson.Default.OrderState)]);

    public DispatchTable Table { get; }

    public MemoryReader Stored { get; } = new();

    public BatchSession Session => _session;

    public Receivers Receivers => _services.GetRequiredService<Receivers>();

    public MessageRegistry Registry => _services.GetRequiredService<MessageRegistry>();

    public LogRecord Record(object message, string? key = null, params (HeaderName Name, string Value)[] headers)
    {
        var type = Registry.Of(message.GetType());
        var writer = new HeaderWriter().Add(HeaderName.Type, type.Name);
        foreach (var (name, value) in headers)
        {
            writer.Add(name, value);
        }

        return new LogRecord
        {
            Id = Ids.New(Now),
            Topic = Topics.Flows,
            Key = key ?? type.KeyOf(message),
            TimestampMs = Now.ToUnixTimeMilliseconds(),
            Headers = writer.Take(),
            Value = _session.Write(message, type.Write),
            Partition = 0,
            Offset = _offset++,
        };
    }

    public Task Take(object message, string? key = null, params (HeaderName Name, string Value)[] headers) => Take(Record(message, key, headers));

    /// <summary>As the pump does: what a record that fails has staged is dropped.</summary>
    public async Task Take(LogRecord record)
    {
        record.Headers.TryGet(HeaderName.Type, out var name);
        var entry = Table.Find(name)!;
        var message = entry.Decode(record);
        _session.Enter(new RecordScope(record, Now, 1, flow: null));
        _session.Begin();
        try
        {
            await entry.Dispatch(message, record, _session);
            _session.Commit();
        }
        catch
        {
            _session.Rollback();
            throw;
        }
    }

    /// <summary>Ends the batch: what is staged, which is then stored too.</summary>
    public Flush Commit()
    {
        var flush = new Flush { Position = new PositionMove("tests", _session.Partition, _offset, 0, 0) };
        _session.MoveTo(flush);
        Stored.Apply(flush);
        return flush;
    }

    /// <summary>Another worker takes the partition: everything is read again.</summary>
    public void Restart()
    {
        _session.Dispose();
        _session = NewSession();
    }

    public async ValueTask DisposeAsync()
    {
        _session.Dispose();
        await _services.DisposeAsync();
    }

    public BatchSession NewSession() => new("tests", new PartitionId(Topics.Flows, 0), Stored, TimeProvider.System);
}
