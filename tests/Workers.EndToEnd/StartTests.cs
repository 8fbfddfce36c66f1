using System.Net;
using System.Net.Sockets;
using NUnit.Framework;
using Shouldly;
using Workers.EndToEnd.Running;

namespace Workers.EndToEnd;

/// <summary>Starting and stopping: what is in the way gets one clear sentence, what was accepted is kept.</summary>
public sealed class StartTests : IDisposable
{
    private const int Usage = 2;
    private const int Unavailable = 5;
    private readonly DataDirectory _data = new();

    public void Dispose() => _data.Dispose();

    [Test]
    public async Task A_second_process_on_the_same_directory_says_whose_it_is_and_the_first_goes_on()
    {
        using var first = await RunningProgram.StartAsync(_data.FullName);

        IsSentence(await RunningProgram.RunAsync(_data.FullName), $"The data directory {_data.FullName} is in use by process {first.Id}");

        (await first.Api.PostAsync("/api/v1/products", Bodies.Product("p", 1))).Status.ShouldBe(201);
    }

    [Test]
    public async Task A_port_in_use_is_said()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var url = $"http://127.0.0.1:{((IPEndPoint)taken.LocalEndpoint).Port}";

        IsSentence(await RunningProgram.RunAsync(_data.FullName, url), $"{url} is in use by another program");
    }

    [TestCase("http://0.0.0.0:8080", "--urls has http://0.0.0.0:8080, which other machines may reach")]
    [TestCase("http://*:8080", "--urls has http://*:8080, which other machines may reach")]
    [TestCase("https://127.0.0.1:8080", "--urls has https://127.0.0.1:8080, but only http is served")]
    [TestCase("nonsense", "--urls has 'nonsense', which is no address")]
    [TestCase(";", "--urls names no address")]
    public async Task An_address_that_cannot_be_served_is_said_before_anything_is_made(string urls, string sentence)
    {
        IsSentence(await RunningProgram.RunAsync(_data.FullName, urls), sentence, Usage);

        Directory.EnumerateFileSystemEntries(_data.FullName).ShouldBeEmpty();
    }

    [Test]
    public async Task A_file_in_place_of_the_directory_is_said()
    {
        var file = Path.Combine(_data.FullName, "file");
        await File.WriteAllTextAsync(file, "mine");

        IsSentence(await RunningProgram.RunAsync(file), $"The data directory {file} cannot be made");

        (await File.ReadAllTextAsync(file)).ShouldBe("mine");
    }

    [Test]
    public async Task A_directory_that_cannot_be_written_is_said()
    {
        if (OperatingSystem.IsWindows() || Environment.IsPrivilegedProcess)
        {
            Assert.Ignore("This user may write everywhere, whatever a directory's mode says.");
            return;
        }

        File.SetUnixFileMode(_data.FullName, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        try
        {
            IsSentence(await RunningProgram.RunAsync(_data.FullName), $"The data directory {_data.FullName} cannot be written by this user");
        }
        finally
        {
            File.SetUnixFileMode(_data.FullName, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    [Test]
    public async Task A_file_that_is_no_database_is_said_and_left_as_it_is()
    {
        await File.WriteAllTextAsync(_data.Database, "not a database, but long enough to have a header");

        IsSentence(await RunningProgram.RunAsync(_data.FullName), $"{_data.Database} is not a database");

        (await File.ReadAllTextAsync(_data.Database)).ShouldStartWith("not a database");
    }

    [Test]
    public async Task A_damaged_file_is_said()
    {
        using (var program = await RunningProgram.StartAsync(_data.FullName))
        {
            (await program.TerminateAsync()).ExitCode.ShouldBe(0);
        }

        await using (var file = new FileStream(_data.Database, FileMode.Open))
        {
            file.Position = 8192;
            await file.WriteAsync(Enumerable.Repeat((byte)0x5a, (int)file.Length - 8192).ToArray());
        }

        IsSentence(await RunningProgram.RunAsync(_data.FullName), $"{_data.Database} is damaged");
    }

    [Test]
    public async Task SIGTERM_under_load_ends_with_0_and_what_was_answered_is_there_afterwards()
    {
        using var program = await RunningProgram.StartAsync(_data.FullName);
        (await program.Api.PostAsync("/api/v1/products", Bodies.Product("p", 0))).Status.ShouldBe(201);
        using var enough = new SemaphoreSlim(0);
        var load = Enumerable.Range(0, 4).Select(_ => LoadAsync(program.Api, enough)).ToArray();
        for (var answers = 0; answers < 40; answers++)
        {
            (await enough.WaitAsync(TimeSpan.FromSeconds(60))).ShouldBeTrue();
        }

        var ended = await program.TerminateAsync();

        ended.ExitCode.ShouldBe(0, ended.Output + ended.Error);
        ended.Error.ShouldBeEmpty();
        var accepted = (await Task.WhenAll(load)).Sum();
        accepted.ShouldBeGreaterThanOrEqualTo(40);
        using var again = await RunningProgram.StartAsync(_data.FullName);
        var product = await again.Api.UntilAsync("/api/v1/products/p", p => p.Number("stock") >= accepted);
        product.Number("stock").ShouldBeLessThanOrEqualTo(accepted + 4, "More was added than was asked for: four requests may have been cut off.");
    }

    [Test]
    public async Task A_restart_keeps_everything()
    {
        Answer order;
        const string key = "an-order-once";
        using (var program = await RunningProgram.StartAsync(_data.FullName))
        {
            await program.Api.PostAsync("/api/v1/products", Bodies.Product("p", 5));
            order = await program.Api.PostAsync("/api/v1/orders", Bodies.Order("o", "p", 12.5m), ("Idempotency-Key", key));
            await program.Api.UntilAsync("/api/v1/commands/sagas/o", flow => flow.Text("state") == "Confirmed");
            (await program.TerminateAsync()).ExitCode.ShouldBe(0);
        }

        using var again = await RunningProgram.StartAsync(_data.FullName);

        (await again.Api.GetAsync("/api/v1/orders/o")).Text("status").ShouldBe("CONFIRMED");
        (await again.Api.GetAsync("/api/v1/products/p")).Number("available").ShouldBe(4);
        (await again.Api.GetAsync("/api/v1/commands/sagas/o")).Text("state").ShouldBe("Confirmed");
        var repeat = await again.Api.PostAsync("/api/v1/orders", Bodies.Order("o", "p", 12.5m), ("Idempotency-Key", key));
        repeat.Status.ShouldBe(201);
        repeat.Content.ShouldBe(order.Content);
        repeat.Header("Idempotent-Replayed").ShouldBe("true");
        await again.Api.UntilAsync($"/api/v1/commands/audit?command_id={order.Header("X-Command-Id")}", list => list.Items.Count() >= 2);
        (await again.Api.PutAsync("/api/v1/orders/o/cancel", """{"reason":"changed my mind"}""")).Status.ShouldBe(200);
        await again.Api.UntilAsync("/api/v1/commands/sagas/o", flow => flow.Text("state") == "Compensated");
        Ledger.Read(_data.Ledger).Select(move => move.Kind).ShouldBe(["charge", "refund"]);
    }

    /// <summary>Adds one after another until the program is gone; how many were answered as done.</summary>
    private static async Task<int> LoadAsync(ApiClient api, SemaphoreSlim enough)
    {
        var accepted = 0;
        try
        {
            while (true)
            {
                var answer = await api.ExecuteAsync(Bodies.Adjust("p", "add", 1, "load"));
                if (answer.Status is not (200 or 202))
                {
                    return accepted;
                }

                accepted++;
                enough.Release();
            }
        }
        catch (HttpRequestException)
        {
            return accepted;
        }
    }

    private static void IsSentence(Ended ended, string start, int exitCode = Unavailable)
    {
        ended.ExitCode.ShouldBe(exitCode, ended.Output + ended.Error);
        var lines = ended.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines.ShouldHaveSingleItem().ShouldStartWith("error: " + start);
    }
}
