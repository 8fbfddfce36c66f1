using System.Globalization;
using NUnit.Framework;
using Shouldly;
using Workers.EndToEnd.Kills;
using Workers.EndToEnd.Running;

namespace Workers.EndToEnd.Faults;

/// <summary>The embedded file where nothing more can be written: nothing is accepted, nothing accepted is lost, and all goes on when there is room, without a restart.</summary>
[Category("Slow")]
public sealed class FullDiskTests
{
    private const int Roomy = 64 << 10;
    private const int Unavailable = 5;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    [Test]
    public async Task While_the_disk_is_full_nothing_is_accepted_and_all_goes_on_when_there_is_room()
    {
        await using var disk = await SmallDisk.MountAsync(Roomy);
        await FillAsync(disk.FullName, disk.Ledger, _ => Task.Run(() => disk.Fill()), _ => Task.Run(disk.MakeRoom));
    }

    [Test]
    public async Task While_files_may_not_grow_nothing_is_accepted_and_all_goes_on_when_they_may()
    {
        using var data = new DataDirectory();
        await FillAsync(data.FullName, data.Ledger, program => LimitAsync(program, "4096"), program => LimitAsync(program, "unlimited"));
    }

    [Test]
    public async Task A_start_on_a_disk_without_room_for_its_files_says_so()
    {
        await using var disk = await SmallDisk.MountAsync(200);
        foreach (var leave in new[] { 0, 24 << 10, 120 << 10 })
        {
            disk.Fill(leave);
            var ended = await RunningProgram.RunAsync(disk.FullName);

            ended.ExitCode.ShouldBe(Unavailable, ended.Output + ended.Error);
            ended.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries).ShouldHaveSingleItem().ShouldMatch("^error: .*(No space left|is full)");
            disk.MakeRoom();
        }
    }

    [Test]
    public async Task A_start_on_a_full_disk_that_has_all_files_shows_what_is_there_and_goes_on_when_there_is_room()
    {
        await using var disk = await SmallDisk.MountAsync(Roomy);
        using (var first = await RunningProgram.StartAsync(disk.FullName))
        {
            (await first.Api.PostAsync("/api/v1/products", Bodies.Product("p", 1))).Status.ShouldBe(201);
            await first.KillAsync();
        }

        disk.Fill();
        using var again = await RunningProgram.StartAsync(disk.FullName);
        (await again.Api.GetAsync("/api/v1/products/p")).Number("stock").ShouldBe(1);
        (await again.Api.UntilAsync("/health/ready", answer => answer.Status == 503)).Content.ShouldContain("MiB left");
        Refused(await again.Api.PostAsync("/api/v1/products", Bodies.Product("q", 1)));

        disk.MakeRoom();
        (await again.Api.UntilAsync("/health/ready", answer => answer.Status == 200)).Status.ShouldBe(200);
        (await again.Api.PostAsync("/api/v1/products", Bodies.Product("q", 1))).Status.ShouldBe(201);
    }

    [Test]
    public async Task A_start_on_a_disk_that_is_read_only_says_so()
    {
        await using var disk = await SmallDisk.MountAsync(Roomy);
        using (var first = await RunningProgram.StartAsync(disk.FullName))
        {
            (await first.TerminateAsync()).ExitCode.ShouldBe(0);
        }

        await disk.ReadOnlyAsync();
        var ended = await RunningProgram.RunAsync(disk.FullName);

        (ended.ExitCode, ended.Error).ShouldBe((Unavailable, $"error: The data directory {disk.FullName} cannot be written: Read-only file system : '{Path.Combine(disk.FullName, "lock")}'{Environment.NewLine}"));
    }

    [Test]
    public async Task A_start_on_a_data_file_that_is_read_only_says_so()
    {
        await using var disk = await SmallDisk.MountAsync(Roomy);
        using (var first = await RunningProgram.StartAsync(disk.FullName))
        {
            (await first.TerminateAsync()).ExitCode.ShouldBe(0);
        }

        await SmallDisk.ReadOnlyAsync(disk.Database);
        var ended = await RunningProgram.RunAsync(disk.FullName);

        (ended.ExitCode, ended.Error).ShouldBe((Unavailable, $"error: {disk.Database} cannot be written; change its owner or mode, or mount its file system for writing.{Environment.NewLine}"));
    }

    private static async Task FillAsync(string directory, string ledger, Func<RunningProgram, Task> fill, Func<RunningProgram, Task> makeRoom)
    {
        // It logs into a file there too; what the runtime itself keeps in files in memory would be limited as well.
        var environment = new Dictionary<string, string>
        {
            ["Workers__Logging__File"] = Path.Combine(directory, "log"),
            ["Workers__Api__AccessLog"] = "true",
            ["DOTNET_EnableWriteXorExecute"] = "0",
        };
        using var program = new KilledProgram(directory, environment);
        await program.StartAsync();
        using var load = new Load(program, seed: 5, paced: true);
        await load.PrepareAsync();
        var present = await program.Present;
        try
        {
            var callers = load.RunAsync();
            await load.AnsweredAsync(30, Patience);
            await fill(present);
            await load.RefusedAsync(10, Patience);
            Refused(await present.Api.PostAsync("/api/v1/products", Bodies.Product("refused", 1)));
            await makeRoom(present);
            await load.AnsweredAsync(30, Patience);
            load.End();
            await callers.WaitAsync(Patience);
        }
        finally
        {
            load.Abandon();
        }

        await new Findings(present.Api, load, ledger).AllAddsUpAsync();
    }

    private static Task LimitAsync(RunningProgram program, string bytes) =>
        Tool.RunAsync("prlimit", ["--pid", program.Id.ToString(CultureInfo.InvariantCulture), $"--fsize={bytes}:"]);

    private static void Refused(Answer answer)
    {
        answer.Status.ShouldBe(503, answer.ToString());
        answer.Header("Retry-After").ShouldNotBeNullOrEmpty();
        answer.Text("code").ShouldBe("LOG_UNAVAILABLE");
    }
}
