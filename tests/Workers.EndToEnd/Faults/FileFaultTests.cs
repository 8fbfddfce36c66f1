using System.Globalization;
using NUnit.Framework;
using Shouldly;
using Workers.EndToEnd.Cluster;
using Workers.EndToEnd.Kills;
using Workers.EndToEnd.Running;

namespace Workers.EndToEnd.Faults;

/// <summary>
/// The embedded file where a disk does what disks do: writes are slow, or a power failure leaves half of one. <see cref="FullDiskTests"/> has those without room.
/// </summary>
[Category("Slow")]
public sealed class FileFaultTests : IDisposable
{
    private const int Unavailable = 5;
    private const int FrameHeader = 24;
    private const int WalHeader = 32;
    private const int PageSize = 8192;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private readonly DataDirectory _data = new();

    private string Wal => _data.Database + "-wal";

    public void Dispose() => _data.Dispose();

    [Test]
    public async Task Everything_accepted_is_done_once_though_each_commit_takes_long()
    {
        var environment = new Dictionary<string, string> { ["WORKERS_SLOW_AT"] = "sqlite-before-commit:150" };
        using var program = new KilledProgram(_data.FullName, environment, TestServers.Named(FaultTests.Build));
        await program.StartAsync();
        using var load = new Load(program, seed: 3, paced: true);
        await load.PrepareAsync();
        await UnderLoadAsync(load, async () =>
        {
            await load.AnsweredAsync(20, Patience);
            await program.KillAsync();
            await program.StartAsync();
            await load.AnsweredAsync(20, Patience);
        });

        await new Findings((await program.Present).Api, load, _data.Ledger).AllAddsUpAsync();
    }

    [Test]
    public async Task What_a_torn_write_leaves_behind_the_last_commit_is_left_out()
    {
        var random = new Random(UnderLoad.Setting("WORKERS_SEED", 1));
        using var program = new KilledProgram(_data.FullName);
        await program.StartAsync();
        using var load = new Load(program, seed: 4, paced: true);
        await load.PrepareAsync();
        await UnderLoadAsync(load, async () =>
        {
            foreach (var tear in new Action<Random>[] { Noise, HalfFrame, FrameWithoutItsBefore })
            {
                await load.AnsweredAsync(random.Next(5, 20), Patience);
                await program.KillAsync();
                tear(random);
                await program.StartAsync();
            }

            await load.AnsweredAsync(10, Patience);
        });

        await new Findings((await program.Present).Api, load, _data.Ledger).AllAddsUpAsync();
    }

    /// <summary>A disk that says it has written what it has not: the file stands as at an earlier commit, whole, and work goes on there.</summary>
    [TestCase("cut off")]
    [TestCase("scribbled over")]
    public async Task Where_the_end_of_what_was_written_is_lost_the_file_stands_as_at_an_earlier_commit(string how)
    {
        const int made = 20;
        using (var first = await RunningProgram.StartAsync(_data.FullName))
        {
            (await first.Api.PostAsync("/api/v1/products", Bodies.Product("p", 0))).Status.ShouldBe(201);
            for (var n = 0; n < made; n++)
            {
                (await first.Api.ExecuteAsync(Bodies.Adjust("p", "add", 1, "made"))).Status.ShouldBe(200);
            }

            await first.KillAsync();
        }

        await using (var wal = new FileStream(Wal, FileMode.Open))
        {
            // The last commits are at the very end: the log was not begun anew.
            var lost = Math.Min(6, (wal.Length - WalHeader) / (FrameHeader + PageSize) / 2) * (FrameHeader + PageSize);
            wal.Position = wal.Length - lost;
            if (how == "cut off")
            {
                wal.SetLength(wal.Position);
            }
            else
            {
                await wal.WriteAsync(new byte[lost]);
            }
        }

        using var again = await RunningProgram.StartAsync(_data.FullName);
        var stock = (int)(await again.Api.GetAsync("/api/v1/products/p")).Number("stock");
        stock.ShouldBeInRange(made - 6, made);
        (await again.Api.ExecuteAsync(Bodies.Adjust("p", "add", 1, "more"))).Status.ShouldBe(200);
        (await again.Api.GetAsync("/api/v1/products/p")).Number("stock").ShouldBeInRange(stock + 1, made + 1);
        (await again.AskAsync("doctor")).Output.ShouldContain("workers.db");
    }

    [Test]
    public async Task A_data_file_that_ends_in_the_middle_is_said()
    {
        using (var first = await RunningProgram.StartAsync(_data.FullName))
        {
            (await first.Api.PostAsync("/api/v1/products", Bodies.Product("p", 1))).Status.ShouldBe(201);
            (await first.TerminateAsync()).ExitCode.ShouldBe(0);
        }

        await using (var file = new FileStream(_data.Database, FileMode.Open))
        {
            file.SetLength((file.Length / 2) + 100);
        }

        var ended = await RunningProgram.RunAsync(_data.FullName);

        ended.ExitCode.ShouldBe(Unavailable, ended.Output + ended.Error);
        ended.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries).ShouldHaveSingleItem()
            .ShouldMatch($"^error: {_data.Database} is damaged .*; move it away or put a backup in its place\\.$");
    }

    private static async Task UnderLoadAsync(Load load, Func<Task> harm)
    {
        try
        {
            var callers = load.RunAsync();
            await harm();
            load.End();
            await callers.WaitAsync(Patience);
        }
        finally
        {
            load.Abandon();
        }
    }

    private void Noise(Random random) => Append(Bytes(random, random.Next(1, FrameHeader + PageSize)));

    // A frame that would be the next one, but for its second half.
    private void HalfFrame(Random random) => Append(LastFrame()[..random.Next(1, FrameHeader + (PageSize / 2))]);

    // Each frame's checksum goes over those before it.
    private void FrameWithoutItsBefore(Random random) => Append(LastFrame());

    private byte[] LastFrame()
    {
        var wal = File.ReadAllBytes(Wal);
        var frames = (wal.Length - WalHeader) / (FrameHeader + PageSize);
        frames.ShouldBeGreaterThan(0, string.Create(CultureInfo.InvariantCulture, $"{wal.Length} bytes"));
        return wal[(WalHeader + ((frames - 1) * (FrameHeader + PageSize)))..(WalHeader + (frames * (FrameHeader + PageSize)))];
    }

    private void Append(byte[] bytes)
    {
        using var wal = new FileStream(Wal, FileMode.Append);
        wal.Write(bytes);
    }

    private static byte[] Bytes(Random random, int count)
    {
        var bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }
}
