using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using NUnit.Framework;
using Shouldly;
using Workers.EndToEnd.Running;
using static Workers.EndToEnd.Faults.Overload;

namespace Workers.EndToEnd.Faults;

/// <summary>More than can be done: the door refuses at once and says when to come again, and what it has accepted is done.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class OverloadTests : IDisposable
{
    private const int Limit = 40;
    private readonly DataDirectory _data = new();

    public void Dispose() => _data.Dispose();

    [Test]
    public async Task While_too_much_waits_no_more_is_accepted_and_what_was_accepted_is_done()
    {
        var accepted = new List<string>();
        string refused;

        // Nobody executes.
        using (var program = await StartAsync(("Workers__Roles", "api,projections"), ("Workers__Api__MaxBacklog", Limit.ToString(CultureInfo.InvariantCulture))))
        {
            accepted.Add(Submitted(await SubmitAsync(program.Api, "first")));
            var answer = await UntilRefusedAsync(() => SubmitAsync(program.Api, Bodies.Id("n")), accepted);
            ShouldSayWhenToComeAgain(answer);
            answer.Text("error")!.ShouldStartWith("Too many commands wait to be executed: ");

            // What was written to other topics meanwhile counts too.
            accepted.Count.ShouldBeGreaterThan(Limit / 2);

            refused = Bodies.Id("refused");
            (await SubmitAsync(program.Api, refused)).Status.ShouldBe(503);
            ShouldSayWhenToComeAgain(await program.Api.PostAsync("/api/v1/orders", Bodies.Order(Bodies.Id("o"), "p", 1m)));
            (await program.Api.GetAsync("/api/v1/commands/" + accepted[0])).Status.ShouldBe(200);
            (await program.Api.GetAsync("/health/ready")).Status.ShouldBe(200);
            (await program.Api.PostAsync("/api/v1/commands/queues/inventory/pause", "{}", ("Prefer", "respond-async"))).Status.ShouldBe(202);
            (await program.Api.PostAsync($"/api/v1/commands/{accepted[0]}/cancel", "{}", ("Prefer", "respond-async"))).Status.ShouldNotBe(503);
            var figures = await program.Api.GetAsync("/metrics");
            figures.Content.ShouldContain("workers_request_shed_total{reason=\"backlog\"");
        }

        using var again = await StartAsync(("Workers__Api__MaxBacklog", Limit.ToString(CultureInfo.InvariantCulture)));
        foreach (var command in accepted.Skip(1))
        {
            (await again.Api.UntilAsync("/api/v1/commands/" + command, one => one.Text("completed_at") is not null)).Text("state").ShouldBe("SUCCEEDED");
        }

        var listed = await again.Api.AllAsync("/api/v1/commands?type=SendNotification");
        listed.Select(one => one["id"]!.ToString()).ShouldBe(accepted, ignoreOrder: true);
        var served = await UntilAsync(() => SubmitAsync(again.Api, refused), answer => answer.Status != 503);
        served.Status.ShouldBe(202);
    }

    [Test]
    public async Task Requests_that_stand_still_take_the_places_of_writes_and_not_of_reads()
    {
        using var program = await StartAsync(("Workers__Api__MaxInFlight", "3"));
        var accepted = new List<string>();
        var slow = new List<Socket>();
        var refused = await UntilRefusedAsync(
            async () =>
            {
                // One that comes while another is served may be the one that is refused.
                slow.Add(await StandAsync(program));
                return await SubmitAsync(program.Api, Bodies.Id("n"));
            },
            accepted);

        ShouldSayWhenToComeAgain(refused);
        refused.Text("error").ShouldBe("Too many requests are in work: 3 writes at once");
        (await program.Api.GetAsync("/api/v1/commands")).Status.ShouldBe(200);
        (await program.Api.PostAsync("/api/v1/commands/queues/inventory/pause", "{}")).Status.ShouldBe(200);
        (await program.Api.GetAsync("/health")).Status.ShouldBe(200);
        slow.ForEach(socket => socket.Dispose());
        (await UntilAsync(() => SubmitAsync(program.Api, Bodies.Id("n")), answer => answer.Status != 503)).Status.ShouldBe(202);
    }

    private Task<RunningProgram> StartAsync(params (string Name, string Value)[] environment) =>
        RunningProgram.StartAsync(_data.FullName, environment.ToDictionary(one => one.Name, one => one.Value));

    /// <summary>A request whose body does not come.</summary>
    private static async Task<Socket> StandAsync(RunningProgram program)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, program.Api.Address.Port));
        await socket.SendAsync(Encoding.ASCII.GetBytes(
            "POST /api/v1/commands/execute HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"));
        return socket;
    }
}
