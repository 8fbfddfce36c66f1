using NUnit.Framework;
using Shouldly;
using Workers.EndToEnd.Running;

namespace Workers.EndToEnd.Kills;

/// <summary>The topics are given more partitions while commands, flows and effects wait: nothing is lost, done twice or out of order.</summary>
[Category("Slow")]
[Long]
public sealed class GrowthTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private readonly DataDirectory _data = new();

    public void Dispose() => _data.Dispose();

    [Test]
    public async Task Everything_accepted_is_done_once_and_in_order_and_the_read_models_can_be_made_anew()
    {
        // Not a multiple: keys go from every partition to every other. Payments wait for their gateway.
        var environment = new Dictionary<string, string> { ["Workers__Gateways__simulated__LatencyMs"] = "3000" };
        using var program = new KilledProgram(_data.FullName, environment);
        await program.StartAsync();
        using var load = new Load(program, seed: 11, paced: true);
        await load.PrepareAsync();
        var callers = load.RunAsync();
        try
        {
            await load.AnsweredAsync(60, Patience);
            (await SystemAsync(program, "pause_queue")).Status.ShouldBe(200);
            await load.AnsweredAsync(60, Patience);
            await program.KillAsync();

            await GrowThroughKillsAsync();

            environment["Workers__Log__Partitions"] = "6";
            environment["Workers__Gateways__simulated__LatencyMs"] = "0";
            await program.StartAsync();
            await load.AnsweredAsync(20, Patience);
            (await SystemAsync(program, "resume_queue")).Status.ShouldBe(200);
            await load.AnsweredAsync(40, Patience);
            load.End();
            await callers.WaitAsync(Patience);
        }
        finally
        {
            load.Abandon();
        }

        await new Findings((await program.Present).Api, load, _data.Ledger).AllAddsUpAsync();
        var before = await ReadModels.ReadAsync((await program.Present).Api);
        await program.TerminateAsync();
        _data.DeleteReads();
        await program.StartAsync();
        await ReadModels.UntilAsync((await program.Present).Api, before, Patience);
    }

    [Test]
    public async Task Told_to_stop_or_out_of_time_it_changes_nothing()
    {
        using (var program = await RunningProgram.StartAsync(_data.FullName))
        {
            (await program.Api.PostAsync("/api/v1/products", Bodies.Product("p", 1))).Status.ShouldBe(201);
            var refused = await EndAsync(RunningProgram.StartVerb(_data.FullName, null, "partitions", "--to", "6"));
            (refused.ExitCode, refused.Error).ShouldBe((5, $"error: The data directory {_data.FullName} is in use by process {program.Id}; stop it first or name another directory with --data.{Environment.NewLine}"));
            (await program.TerminateAsync()).ExitCode.ShouldBe(0);
        }

        // Accepted where nobody executes: something waits.
        using (var door = await RunningProgram.StartAsync(_data.FullName, new Dictionary<string, string> { ["Workers__Roles"] = "api" }))
        {
            (await door.Api.ExecuteAsyncAsync("""{"type":"CreateUser","user_id":"late","data":{"name":"Ada L","email":"ada@example.org"}}""")).Status.ShouldBe(202);
            (await door.TerminateAsync()).ExitCode.ShouldBe(0);
        }

        var late = await EndAsync(RunningProgram.StartVerb(_data.FullName, null, "partitions", "--to", "6", "--timeout", "0s"));

        late.ExitCode.ShouldBe(1, late.Error);
        late.Error.ShouldEndWith($"Nothing was changed.{Environment.NewLine}");
        var other = await RunningProgram.RunAsync(_data.FullName, environment: new Dictionary<string, string> { ["Workers__Log__Partitions"] = "6" });
        other.ExitCode.ShouldBe(5);
        other.Error.ShouldContain("has 4 partitions, but 6 are configured; start with 4 or change the file with 'Workers.Host partitions --to 6'");
        using var again = await RunningProgram.StartAsync(_data.FullName);
        (await again.Api.GetAsync("/api/v1/products/p")).Status.ShouldBe(200);
    }

    private static async Task<Answer> SystemAsync(KilledProgram program, string action) => await (await program.Present).Api.ExecuteAsync(
        $$"""{"type":"system","action":"{{action}}","parameters":{"kind":"inventory","key":"numbered"} }""");

    // At moments all over what it does, which takes some seconds; one that comes too late finds it done.
    private async Task GrowThroughKillsAsync()
    {
        foreach (var afterMs in new[] { 500, 2_000, 4_000 })
        {
            using var killed = RunningProgram.StartVerb(_data.FullName, null, "partitions", "--to", "6");
            await Task.WhenAny(killed.EndAsync(), Task.Delay(afterMs));
            await killed.KillAsync();
        }

        var ended = await EndAsync(RunningProgram.StartVerb(_data.FullName, null, "partitions", "--to", "6"));
        ended.ExitCode.ShouldBe(0, ended.Output + ended.Error);
        ended.Output.ShouldContain("6 partitions");
        var same = await EndAsync(RunningProgram.StartVerb(_data.FullName, null, "partitions", "--to", "6"));
        (same.ExitCode, same.Output).ShouldBe((0, $"The topics have 6 partitions already.{Environment.NewLine}"), same.Error);
    }

    private static async Task<Ended> EndAsync(RunningProgram verb)
    {
        using (verb)
        {
            return await verb.EndAsync();
        }
    }
}
