using Workers.EndToEnd.Kills;
using Workers.EndToEnd.Running;

namespace Workers.EndToEnd.Faults;

/// <summary>
/// Seeds that share a data directory: under load the program dies once for each, where that draws it, and is started again; in the end all that was accepted is
/// looked at. What a death leaves is what the next one meets.
/// </summary>
internal static class Chain
{
    private const string FailAt = "WORKERS_FAIL_AT";
    private const int Few = 5;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    /// <param name="build">The program with fail points.</param>
    /// <param name="deaths">In their order.</param>
    /// <exception cref="TimeoutException">A point was not come by.</exception>
    public static async Task RunAsync(string build, IReadOnlyList<Death> deaths)
    {
        using var data = new DataDirectory();
        var environment = new Dictionary<string, string>();
        using var program = new KilledProgram(data.FullName, environment, build);
        await program.StartAsync();
        using var load = new Load(program, deaths[0].Seed, paced: true);
        await load.PrepareAsync();
        var later = await Later.BeginAsync((await program.Present).Api);
        await program.KillAsync();

        var (callers, answers) = (load.RunAsync(), new Answers(load));
        try
        {
            foreach (var death in deaths)
            {
                environment[FailAt] = death.At;
                if (await program.TryStartAsync())
                {
                    await DieAsync(program, answers, later, death);
                }
            }

            environment.Remove(FailAt);
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

    private static async Task DieAsync(KilledProgram program, Answers answers, Later later, Death death)
    {
        var present = await program.Present;
        var gone = present.GoneAsync();
        using var limit = new CancellationTokenSource(Patience);
        do
        {
            await later.AddAsync(present.Api);
            await answers.SomeAsync(gone);
            if (death.Moment == Moment.Stop)
            {
                present.Tell();
                break;
            }
        }
        while (!gone.IsCompleted && !limit.IsCancellationRequested);

        await gone.WaitAsync(Patience);
        await program.DiedAsync();
    }

    /// <summary>What was permitted and not answered when the program died is answered by the next one.</summary>
    private sealed class Answers(Load load)
    {
        private Task? _waiting;

        public async Task SomeAsync(Task gone)
        {
            _waiting ??= load.AnsweredAsync(Few, Patience);
            if (await Task.WhenAny(gone, _waiting) == _waiting)
            {
                await _waiting;
                _waiting = null;
            }
        }
    }
}
