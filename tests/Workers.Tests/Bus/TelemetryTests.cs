using System.Diagnostics;
using System.Diagnostics.Metrics;
using NUnit.Framework;
using Shouldly;
using Workers.Bus;
using Workers.Bus.Middleware;
using Workers.Tests.Time;

namespace Workers.Tests.Bus;

[Parallelizable(ParallelScope.All)]
public sealed class TelemetryTests
{
    [Test]
    public async Task A_span_is_a_child_named_by_the_command_with_the_error_recorded()
    {
        using var source = new ActivitySource(Guid.NewGuid().ToString());
        using var outside = new ActivitySource(Guid.NewGuid().ToString());
        var spans = new List<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = s => s == source || s == outside,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = spans.Add,
        };
        ActivitySource.AddActivityListener(listener);
        var bus = new CommandBus(new CommandBusOptions { Middleware = [new TracingMiddleware(source)] });
        bus.Register<DeleteUser, bool>((c, _) => c.Id == 1 ? new(true) : throw new InvalidOperationException("no such user"));

        using (outside.StartActivity("request"))
        {
            await bus.Send(new DeleteUser(1));
            await Should.ThrowAsync<HandlerFailedException>(async () => await bus.Send(new DeleteUser(2)));
        }

        var (good, bad, request) = (spans[0], spans[1], spans[2]);
        good.DisplayName.ShouldBe("DeleteUser");
        good.ParentSpanId.ShouldBe(request.SpanId);
        good.GetTagItem("command.name").ShouldBe("DeleteUser");
        good.GetTagItem("command.type").ShouldBe("command");
        good.Status.ShouldBe(ActivityStatusCode.Unset);
        bad.Status.ShouldBe(ActivityStatusCode.Error);
        bad.StatusDescription.ShouldBe("no such user");
        bad.Events.Single().Name.ShouldBe("exception");
    }

    [Test]
    public async Task Without_a_listener_there_is_no_span()
    {
        using var source = new ActivitySource(Guid.NewGuid().ToString());
        var bus = new QueryBus(new QueryBusOptions { Middleware = [new TracingMiddleware(source)] });
        Activity? current = null;
        bus.Register<GetUser, User?>((_, _) =>
        {
            current = Activity.Current;
            return default;
        });

        await bus.Query(new GetUser(1));

        current.ShouldBeNull();
    }

    [Test]
    public async Task A_meter_gets_duration_and_outcome_by_name()
    {
        var clock = new FakeTimeProvider();
        using var meter = new Meter(Guid.NewGuid().ToString());
        var seen = new List<string>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, to) =>
            {
                if (instrument.Meter == meter)
                {
                    to.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<double>((i, v, tags, _) => seen.Add(Line(i, v, tags)));
        listener.SetMeasurementEventCallback<long>((i, v, tags, _) => seen.Add(Line(i, v, tags)));
        listener.Start();
        var commands = new CommandBus(new CommandBusOptions { Middleware = [new MetricsMiddleware(clock, meter)] });
        commands.Register<DeleteUser, bool>((c, _) =>
        {
            clock.Advance(TimeSpan.FromSeconds(2));
            return c.Id == 1 ? new(true) : throw new InvalidOperationException();
        });
        var queries = new QueryBus(new QueryBusOptions { Middleware = [new MetricsMiddleware(clock, meter)] });
        queries.Register<GetUser, User?>((_, _) => default);

        await commands.Send(new DeleteUser(1));
        await Should.ThrowAsync<HandlerFailedException>(async () => await commands.Send(new DeleteUser(2)));
        await queries.Query(new GetUser(1));

        seen.ShouldBe(
        [
            "workers.command.run.duration s 2 command.name=DeleteUser,outcome=succeeded", "workers.command.completed  1 command.name=DeleteUser,outcome=succeeded",
            "workers.command.run.duration s 2 command.name=DeleteUser,outcome=failed", "workers.command.completed  1 command.name=DeleteUser,outcome=failed",
            "workers.query.run.duration s 0 query.name=GetUser,outcome=succeeded", "workers.query.completed  1 query.name=GetUser,outcome=succeeded",
        ]);
    }

    [Test]
    public async Task Metrics_have_times_and_what_is_under_way()
    {
        var clock = new FakeTimeProvider();
        var gate = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        var bus = new CommandBus(new CommandBusOptions { Time = clock });
        bus.Register<DeleteUser, bool>((c, _) => c.Id == 1 ? new(gate.Task) : new(true));

        await bus.Send(new DeleteUser(2));
        var slow = bus.Send(new DeleteUser(1)).AsTask();
        bus.GetMetrics().InFlight.ShouldBe(1);
        clock.Advance(TimeSpan.FromSeconds(4));
        gate.SetResult(true);
        await slow;

        bus.GetMetrics().Messages["DeleteUser"].ShouldBe(new(Executed: 2, Failed: 0, InFlight: 0, TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(4)));
        bus.GetMetrics().Messages["DeleteUser"].Average.ShouldBe(TimeSpan.FromSeconds(2));
    }

    [Test]
    public async Task Metrics_that_are_off_stay_empty()
    {
        var bus = new CommandBus(new CommandBusOptions { EnableMetrics = false });
        bus.Register<DeleteUser, bool>((_, _) => new(true));

        await bus.Send(new DeleteUser(1));

        bus.GetMetrics().Messages.ShouldBeEmpty();
    }

    private static string Line<T>(Instrument instrument, T value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        $"{instrument.Name} {instrument.Unit} {value} {string.Join(',', tags.ToArray().Select(t => $"{t.Key}={t.Value}"))}";
}
