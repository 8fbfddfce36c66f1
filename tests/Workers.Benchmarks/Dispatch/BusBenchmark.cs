using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using MassTransit;
using Workers.Benchmarks.Report;
using Workers.Bus;
using Workers.Bus.Middleware;

namespace Workers.Benchmarks.Dispatch;

/// <summary>
/// The buses, beside a virtual call and MassTransit's mediator in the same run: a row each with ns and bytes. Document 004's five benchmarks are
/// Register, Execute, Query, CachedQuery and Concurrent; handlers do nothing. Execute's rows are loops over four types of command.
/// </summary>
[MemoryDiagnoser]
public class BusBenchmark
{
    private const int Types = 4;
    private const int Each = 10_000;
    private const int Threads = 4;

    private readonly Receiving[] _receiving = [new FirstReceiving(), new SecondReceiving(), new ThirdReceiving(), new FourthReceiving()];
    private readonly object[] _commands = [new First(1), new Second(2), new Third(3), new Fourth(4)];
    private readonly (First, Second, Third, Fourth) _typed = (new(1), new(2), new(3), new(4));
    private readonly Ask _ask = new(1);
    private readonly CommandBus _registering = new(new CommandBusOptions { EnableMetrics = false });
    private readonly CommandBus _plain = Commands(new CommandBusOptions { EnableMetrics = false });
    private readonly CommandBus _metered = Commands(new CommandBusOptions());
    private readonly CommandBus _three = Commands(new CommandBusOptions { EnableMetrics = false, Middleware = [new Passing(), new Passing(), new Passing()] });
    private readonly QueryBus _queries = Queries();
    private readonly QueryBus _cached = Queries(new CachingMiddleware(TimeSpan.FromHours(1)));
    private readonly MassTransit.Mediator.IMediator _mediator = MassTransit.Bus.Factory.CreateMediator(mediator =>
    {
        mediator.Handler<First>(static _ => Task.CompletedTask);
        mediator.Handler<Ask>(static context => context.RespondAsync(new Answer(context.Message.Id)));
    });

    /// <param name="job">BenchmarkDotNet's own name of it: <c>short</c>, <c>dry</c>, …; null for its default.</param>
    public static void Run(string? job) => BenchmarkRunner.Run<BusBenchmark>(Config(ManualConfig.Create(DefaultConfig.Instance), job));

    /// <summary>The same as lines of the table, by the short job: what G6 wants, and document 004's five.</summary>
    internal static void Add(Table table)
    {
        var summary = BenchmarkRunner.Run<BusBenchmark>(Config(ManualConfig.CreateEmpty().AddLogger(NullLogger.Instance), "short"));
        var call = Of(summary, nameof(VirtualCall));
        foreach (var (name, what, wanted) in new (string, string, double?)[]
        {
            (nameof(Execute), "CommandBus.Send, no middleware", 10), (nameof(ExecuteWithThreeMiddlewares), "the same with three middlewares", 20),
            (nameof(CachedQuery), "a cached query", 15), (nameof(Query), "a query", null), (nameof(Register), "a handler registered, and taken away again", null),
            (nameof(Concurrent), "CommandBus.Send of four threads at once, each", null), (nameof(MassTransitSend), "MassTransit's mediator, beside it", null),
        })
        {
            var (nanoseconds, bytes) = Of(summary, name);
            table.Add(new Figure("G6", what, nanoseconds, "ns") { Wanted = wanted, LessIsBetter = true, CeilingOf = "a virtual call", Ceiling = call.Nanoseconds, Bytes = bytes });
        }
    }

    private static ManualConfig Config(ManualConfig config, string? job)
    {
        var length = job switch { "dry" => Job.Dry, "short" => Job.ShortRun, _ => Job.Default };
        return config.AddJob(length.WithToolchain(InProcessEmitToolchain.Instance));
    }

    private static (double Nanoseconds, double? Bytes) Of(Summary summary, string method)
    {
        var report = summary.Reports.Single(r => r.BenchmarkCase.Descriptor.WorkloadMethod.Name == method);
        return (report.ResultStatistics?.Mean ?? double.NaN, report.GcStats.GetBytesAllocatedPerOperation(report.BenchmarkCase));
    }

    [GlobalSetup]
    public async Task Warm() => await _cached.Query(_ask);

    [Benchmark(Baseline = true, OperationsPerInvoke = Types)]
    public int VirtualCall()
    {
        var sum = 0;
        for (var i = 0; i < Types; i++)
        {
            sum += Value(_receiving[i].Handle(_commands[i], CancellationToken.None));
        }

        return sum;
    }

    /// <summary>A handler is registered, and taken away again.</summary>
    [Benchmark]
    public bool Register()
    {
        _registering.Register<First, int>(static (command, _) => new(command.Id));
        return _registering.Unregister<First, int>();
    }

    [Benchmark(OperationsPerInvoke = Types)]
    public int Execute() => Send(_plain);

    [Benchmark(OperationsPerInvoke = Types)]
    public int ExecuteWithThreeMiddlewares() => Send(_three);

    [Benchmark(OperationsPerInvoke = Types)]
    public int ExecuteWithMetrics() => Send(_metered);

    [Benchmark]
    public int ExecuteByName() => Value(_plain.Send("First", _typed.Item1));

    [Benchmark]
    public Answer Query() => Value(_queries.Query(_ask));

    [Benchmark]
    public Answer CachedQuery() => Value(_cached.Query(_ask));

    [Benchmark(OperationsPerInvoke = Threads * Each * Types)]
    public int Concurrent()
    {
        var sum = 0;
        Parallel.For(0, Threads, _ =>
        {
            var own = 0;
            for (var i = 0; i < Each; i++)
            {
                own += Send(_plain);
            }

            Interlocked.Add(ref sum, own);
        });
        return sum;
    }

    [Benchmark]
    public Task MassTransitSend() => _mediator.Send(_typed.Item1);

    [Benchmark]
    public async Task<Answer> MassTransitRequest() => (await _mediator.CreateRequestClient<Ask>().GetResponse<Answer>(_ask)).Message;

    private int Send(CommandBus bus) =>
        Value(bus.Send(_typed.Item1)) + Value(bus.Send(_typed.Item2)) + Value(bus.Send(_typed.Item3)) + Value(bus.Send(_typed.Item4));

    private static T Value<T>(ValueTask<T> task) => task.IsCompletedSuccessfully ? task.Result : throw new InvalidOperationException("It waits.");

    private static CommandBus Commands(CommandBusOptions options)
    {
        var bus = new CommandBus(options);
        bus.Register<First, int>(static (command, _) => new(command.Id));
        bus.Register<Second, int>(static (command, _) => new(command.Id));
        bus.Register<Third, int>(static (command, _) => new(command.Id));
        bus.Register<Fourth, int>(static (command, _) => new(command.Id));
        return bus;
    }

    private static QueryBus Queries(params IQueryMiddleware[] middleware)
    {
        var answer = new Answer(1);
        var bus = new QueryBus(new QueryBusOptions { EnableMetrics = false, Middleware = middleware });
        bus.Register<Ask, Answer>((_, _) => new(answer));
        return bus;
    }
}
