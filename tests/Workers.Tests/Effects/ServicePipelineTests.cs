using Microsoft.Extensions.Logging.Abstractions;
using NUnit.Framework;
using Shouldly;
using Workers.Engine.Effects;
using Workers.Engine.Options;
using Workers.Handlers.Effects.Services;
using Workers.Tests.Time;

namespace Workers.Tests.Effects;

[Parallelizable(ParallelScope.All)]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class ServicePipelineTests : IDisposable
{
    private readonly FakeTimeProvider _clock = new();
    private readonly ServicePipelines _services;
    private readonly ServicePipeline _service;
    private int _made;

    public ServicePipelineTests()
    {
        _services = new ServicePipelines(new EffectOptions { Concurrency = 4 }, _clock, NullLogger<ServicePipelines>.Instance);
        _service = _services.Get("gateway:test", TimeSpan.FromSeconds(10));
    }

    public void Dispose() => _services.Dispose();

    [Test]
    public async Task After_ten_failures_no_call_is_made_for_30_seconds_and_one_success_closes_it()
    {
        for (var i = 0; i < 10; i++)
        {
            await Should.ThrowAsync<TimeoutException>(Fail);
        }

        var thrown = await Should.ThrowAsync<EffectPostponed>(Succeed);
        thrown.After.ShouldBe(TimeSpan.FromSeconds(30));
        _made.ShouldBe(10);
        _services.Circuits.ShouldHaveSingleItem().ShouldBe(
            new CircuitStatus("gateway:test", "open", 10, _clock.GetUtcNow(), _clock.GetUtcNow().AddSeconds(30)));

        _clock.Advance(TimeSpan.FromSeconds(31));
        (await Succeed()).ShouldBe(11);
        _service.Circuit.ShouldBe(new CircuitStatus("gateway:test", "closed", 0, null, null));
    }

    [Test]
    public async Task A_failed_trial_opens_it_again()
    {
        for (var i = 0; i < 10; i++)
        {
            await Should.ThrowAsync<TimeoutException>(Fail);
        }

        _clock.Advance(TimeSpan.FromSeconds(31));
        await Should.ThrowAsync<TimeoutException>(Fail);

        await Should.ThrowAsync<EffectPostponed>(Succeed);
        _service.Circuit.State.ShouldBe("open");
    }

    [Test]
    public async Task Few_failures_among_many_answers_leave_it_closed()
    {
        for (var i = 0; i < 30; i++)
        {
            await (i % 3 == 0 ? Should.ThrowAsync<TimeoutException>(Fail) : (Task)Succeed());
        }

        _service.Circuit.State.ShouldBe("closed");
    }

    [Test]
    public async Task Mistakes_are_no_outage()
    {
        for (var i = 0; i < 20; i++)
        {
            await Should.ThrowAsync<InvalidOperationException>(() => Call(() => throw new InvalidOperationException()));
        }

        _service.Circuit.ShouldBe(new CircuitStatus("gateway:test", "closed", 0, null, null));
    }

    [Test]
    public async Task It_can_be_closed_by_hand()
    {
        for (var i = 0; i < 10; i++)
        {
            await Should.ThrowAsync<TimeoutException>(Fail);
        }

        (await _services.ResetAsync("gateway:test", CancellationToken.None)).ShouldBe(1);
        (await _services.ResetAsync("other", CancellationToken.None)).ShouldBe(0);

        await Succeed();
    }

    [Test]
    public async Task One_service_takes_half_of_the_room_at_most()
    {
        var gate = new TaskCompletionSource<int>();
        var first = _service.CallAsync(_ => new ValueTask<int>(gate.Task), CancellationToken.None);
        var second = _service.CallAsync(_ => new ValueTask<int>(gate.Task), CancellationToken.None);

        await Should.ThrowAsync<EffectPostponed>(Succeed);
        gate.SetResult(1);
        await Task.WhenAll(first, second);
        await Succeed();
    }

    [Test]
    public async Task A_call_takes_no_longer_than_its_timeout()
    {
        var call = _service.CallAsync<int>(
            async token =>
            {
                await Task.Delay(Timeout.Infinite, token);
                return 1;
            },
            CancellationToken.None);

        _clock.Advance(TimeSpan.FromSeconds(10));

        await Should.ThrowAsync<Polly.Timeout.TimeoutRejectedException>(call);
        _service.Circuit.Failures.ShouldBe(1);
    }

    private Task<int> Fail() => Call(() => throw new TimeoutException());

    private Task<int> Succeed() => Call(() => { });

    private Task<int> Call(Action what) => _service.CallAsync(
        _ =>
        {
            _made++;
            what();
            return new ValueTask<int>(_made);
        },
        CancellationToken.None);
}
