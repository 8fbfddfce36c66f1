using Workers.EndToEnd.Kills;
using Workers.EndToEnd.Running;

namespace Workers.EndToEnd.Faults;

/// <summary>
/// Seeds that share a data directory: under load the program dies once for each, where that draws it, and is started again; in the end all that was accepted is
/// looked at. What a death leaves is what the next one meets.
/// </summary>
internal static class Chain
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    /// <param name="build">The program with fail points.</param>
    /// <param name="deaths">In their order.</param>
    /// <exception cref="TimeoutException">A point was not come by.</exception>
    public static async Task RunAsync(string build, IReadOnlyList<Death> deaths)
    {
        using var data = new DataDirectory();

        // Every time of the schedule is compared at the end: none may have left the list of its runs by then.
        var environment = new Dictionary<string, string> { ["Workers__Scheduler__Runs"] = "1000" };
        using var program = new KilledProgram(data.FullName, environment, build);
        await program.StartAsync();
        using var load = new Load(program, deaths[0].Seed, paced: true);
        await load.PrepareAsync();
        var later = await Later.BeginAsync((await program.Present).Api);
        await program.KillAsync();

        var (callers, dying) = (load.RunAsync(), new Dying(load));
        try
        {
            foreach (var death in deaths)
            {
                environment[Death.FailAt] = death.At;
                if (await program.TryStartAsync())
                {
                    await dying.AsToldAsync(program, death.Moment, present => later.AddAsync(present.Api));
                }
            }

            environment.Remove(Death.FailAt);
            await program.StartAsync();
            load.End();
            await callers.WaitAsync(Patience);
        }
        finally
        {
            load.Abandon();
        }

        var api = (await program.Present).Api;
        await later.AddsUpAsync(api);
        await new Findings(api, load, data.Ledger).AllAddsUpAsync();
    }
}
