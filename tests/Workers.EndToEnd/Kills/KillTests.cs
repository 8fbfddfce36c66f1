using System.Globalization;
using NUnit.Framework;
using Workers.EndToEnd.Running;

namespace Workers.EndToEnd.Kills;

/// <summary>The program is killed (SIGKILL) at random moments under load; nothing that it accepted is lost or done twice.</summary>
[Category("Slow")]
public sealed class KillTests : IDisposable
{
    private const string SeedName = "WORKERS_SEED";
    private const string KillsName = "WORKERS_KILLS";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private readonly DataDirectory _data = new();

    public void Dispose() => _data.Dispose();

    [Test]
    public async Task Everything_accepted_is_done_once_however_often_the_program_is_killed()
    {
        var seed = Setting(SeedName, Random.Shared.Next());
        var kills = Setting(KillsName, 3);
        var repeat = $"{SeedName}={seed} {KillsName}={kills} dotnet test tests/Workers.EndToEnd --filter FullyQualifiedName~KillTests";
        TestContext.Out.WriteLine(repeat);
        try
        {
            await RunAsync(seed, kills);
        }
        catch (Exception error)
        {
            throw new AssertionException($"{error.Message}\nRepeat with: {repeat}", error);
        }
    }

    private async Task RunAsync(int seed, int kills)
    {
        var random = new Random(seed);
        using var program = new KilledProgram(_data.FullName);
        await program.StartAsync();
        using var load = new Load(program, seed);
        await load.PrepareAsync();
        try
        {
            await KillUnderAsync(load, program, kills, random);
        }
        finally
        {
            load.Abandon();
        }

        var findings = new Findings((await program.Present).Api, load, _data.Ledger);
        await findings.NothingIsADeadLetterAsync();
        await findings.AllAddsUpAsync();
    }

    private static async Task KillUnderAsync(Load load, KilledProgram program, int kills, Random random)
    {
        var callers = load.RunAsync();
        for (var kill = 0; kill < kills; kill++)
        {
            // Sometimes at once, while what the one before left is taken up again.
            var count = random.Next(4) == 0 ? 0 : random.Next(1, 40);
            await Task.WhenAny(load.AnsweredAsync(count, Patience), callers).Unwrap();
            await Task.Run(() => Thread.SpinWait(random.Next(300_000)));
            await program.KillAsync();
            await program.StartAsync();
        }

        load.End();
        await callers.WaitAsync(Patience);
    }

    private static int Setting(string name, int usual) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var value) ? value : usual;
}
