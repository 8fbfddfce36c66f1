using Microsoft.AspNetCore.Http;
using NUnit.Framework;
using Shouldly;
using Workers.Api.Http;
using Workers.Contracts;
using Workers.Engine.Identity;
using Workers.Engine.Limits;
using Workers.Engine.Options;
using Workers.Engine.Telemetry;
using Workers.Tests.Time;

namespace Workers.Tests.Load;

/// <summary>Who is let in while there is too much to do.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class LoadShedderTests : IDisposable
{
    private readonly EngineMeter _meter = new();
    private readonly FakeTimeProvider _clock = new();
    private readonly ShownLog _log = new();

    public void Dispose() => _meter.Dispose();

    [Test]
    public void Beyond_the_limit_writes_are_refused_and_reads_are_not()
    {
        var shedder = new LoadShedder(new ApiOptions { MaxInFlight = 2 }, _meter, null);
        var (first, second) = (shedder.Enter(Write()), shedder.Enter(Write()));
        (first.Refused, second.Refused).ShouldBe((null, null));

        var refused = shedder.Enter(Write()).Refused.ShouldNotBeNull();

        (refused.Status, refused.Code, refused.RetryAfter, refused.Retryable).ShouldBe((503, "OVERLOADED", 1, true));
        refused.Error.ShouldBe("Too many requests are in work: 2 writes at once");
        shedder.Enter(Read()).Refused.ShouldBeNull();
        shedder.Leave(first);
        shedder.Enter(Write()).Refused.ShouldBeNull();
        shedder.InFlight.ShouldBe((1, 2));
    }

    [Test]
    public void Reads_have_a_limit_of_their_own_and_what_was_refused_holds_no_place()
    {
        var shedder = new LoadShedder(new ApiOptions { MaxInFlight = 1 }, _meter, null);
        var place = shedder.Enter(Read());
        for (var i = 0; i < 3; i++)
        {
            var refused = shedder.Enter(Request(HttpMethods.Post, Role.Viewer));
            refused.Refused!.Error.ShouldBe("Too many requests are in work: 1 reads at once");
            shedder.Leave(refused);
        }

        shedder.Enter(Write()).Refused.ShouldBeNull();
        shedder.Leave(place);
        shedder.InFlight.ShouldBe((0, 1));
        shedder.Enter(Read()).Refused.ShouldBeNull();
    }

    [Test]
    public async Task Probes_streams_and_administration_always_come_through()
    {
        _log.Ends[Topics.Commands][0] = 1_000;
        var shedder = new LoadShedder(new ApiOptions { MaxInFlight = 1, MaxBacklog = 1 }, _meter, await LookedAtAsync());
        shedder.Enter(Read()).Refused.ShouldBeNull();
        var stream = Request(HttpMethods.Get, Role.Viewer, new AnswersJson(OrEvents: true));
        stream.Request.Headers.Accept = "text/event-stream";

        foreach (var http in new[]
        {
            stream, Request(HttpMethods.Get, Role.None), Request(HttpMethods.Post, Role.Operator), Request(HttpMethods.Delete, Role.Admin), Request(HttpMethods.Get, Role.Admin),
            new DefaultHttpContext(),
        })
        {
            shedder.Enter(http).ShouldBe(default);
        }
    }

    [Test]
    public async Task More_records_than_may_wait_refuse_what_adds_to_them_until_there_is_room()
    {
        _log.Ends[Topics.Commands][0] = 11;
        var backlog = await LookedAtAsync();
        var shedder = new LoadShedder(new ApiOptions { MaxBacklog = 10 }, _meter, backlog);

        var refused = shedder.Enter(Write()).Refused.ShouldNotBeNull();

        (refused.Status, refused.Code, refused.RetryAfter).ShouldBe((503, "OVERLOADED", 10));
        refused.Error.ShouldBe("Too many commands wait to be executed: 11 records, more than 10");
        shedder.Enter(Read()).Refused.ShouldBeNull();
        shedder.Enter(Request(HttpMethods.Post, Role.Submitter | Role.Operator, null, new TakesBack())).Refused.ShouldBeNull();
        _log.Position("commands", Topics.Commands, 0, 1);
        await backlog.LookAsync(CancellationToken.None);
        shedder.Enter(Write()).Refused.ShouldBeNull();
    }

    [Test]
    public async Task The_answer_says_when_there_will_be_room()
    {
        var backlog = await LookedAtAsync();
        for (var second = 1; second <= 20; second++)
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            _log.Ends[Topics.Commands][0] = 100 * second;
            _log.Position("commands", Topics.Commands, 0, 50 * second);
            await backlog.LookAsync(CancellationToken.None);
        }

        // A thousand wait and fifty are executed a second.
        new LoadShedder(new ApiOptions { MaxBacklog = 850 }, _meter, backlog).Enter(Write()).Refused!.RetryAfter.ShouldBe(3);
        var late = new LoadShedder(new ApiOptions { MaxBacklogTime = TimeSpan.FromSeconds(15) }, _meter, backlog).Enter(Write()).Refused.ShouldNotBeNull();
        late.RetryAfter.ShouldBe(5);
        late.Error.ShouldBe("Commands wait too long to be executed: 20 s, more than 15 s");
    }

    [Test]
    public async Task One_that_waits_too_long_refuses_others()
    {
        var backlog = await LookedAtAsync();
        var shedder = new LoadShedder(new ApiOptions { MaxBacklogTime = TimeSpan.FromMinutes(5) }, _meter, backlog);
        _log.Ends[Topics.Commands][0] = 1;
        _clock.Advance(TimeSpan.FromMinutes(5));
        await backlog.LookAsync(CancellationToken.None);
        shedder.Enter(Write()).Refused.ShouldBeNull();
        _clock.Advance(TimeSpan.FromSeconds(1));
        await backlog.LookAsync(CancellationToken.None);

        shedder.Enter(Write()).Refused!.Error.ShouldBe("Commands wait too long to be executed: 301 s, more than 300 s");
    }

    private async Task<Backlog> LookedAtAsync()
    {
        var backlog = new Backlog(_log, _log, _log, _clock, sharesOffsets: false);
        await backlog.LookAsync(CancellationToken.None);
        return backlog;
    }

    private static DefaultHttpContext Write() => Request(HttpMethods.Post, Role.Submitter);

    private static DefaultHttpContext Read() => Request(HttpMethods.Get, Role.Viewer);

    private static DefaultHttpContext Request(string method, Role needs, AnswersJson? answers = null, params object[] more)
    {
        var http = new DefaultHttpContext { Request = { Method = method } };
        http.SetEndpoint(new Endpoint(null, new EndpointMetadataCollection([new Needs(needs), answers ?? new AnswersJson(), .. more]), null));
        return http;
    }
}
