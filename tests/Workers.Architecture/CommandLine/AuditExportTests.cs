using System.Net;
using System.Net.Sockets;
using NUnit.Framework;
using Shouldly;
using Workers.Host.CommandLine;

namespace Workers.Architecture.CommandLine;

/// <summary><c>audit export --out</c>.</summary>
[Parallelizable(ParallelScope.All)]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class AuditExportTests : IDisposable
{
    private const string Line = "{\"id\":1}\n";

    private readonly string _directory = Directory.CreateTempSubdirectory("workers-export-").FullName;
    private readonly StringWriter _output = new();
    private readonly StringWriter _errors = new();

    private string Target => Path.Combine(_directory, "audit.ndjson");

    public void Dispose()
    {
        _output.Dispose();
        _errors.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [TestCase(true, 0)]
    [TestCase(false, 5)]
    public async Task The_file_has_its_name_when_it_is_whole_and_nothing_is_left_of_one_that_never_was(bool whole, int code)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var answered = AnswerAsync(listener, whole);

        (await RunAsync($"--urls http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}")).ShouldBe(code, _errors.ToString());
        await answered;

        Directory.GetFiles(_directory).Select(Path.GetFileName).ShouldBe(whole ? ["audit.ndjson"] : []);
        if (whole)
        {
            (await File.ReadAllTextAsync(Target)).ShouldBe(Line);
        }
    }

    [Test]
    public async Task A_file_that_is_there_stays_as_it_is_and_nobody_is_asked()
    {
        await File.WriteAllTextAsync(Target, "old");

        (await RunAsync("--urls http://127.0.0.1:1")).ShouldBe(2);

        _errors.ToString().ShouldContain("it is there already");
        (await File.ReadAllTextAsync(Target)).ShouldBe("old");
    }

    private static async Task AnswerAsync(TcpListener listener, bool whole)
    {
        using var client = await listener.AcceptTcpClientAsync();
        using var reader = new StreamReader(client.GetStream(), leaveOpen: true);
        while (await reader.ReadLineAsync() is { Length: > 0 })
        {
        }

        var end = whole ? "0\r\n\r\n" : "";
        await client.GetStream().WriteAsync(System.Text.Encoding.ASCII.GetBytes(
            $"HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n{Line.Length:x}\r\n{Line}\r\n{end}"));
    }

    private Task<int> RunAsync(string arguments) => Verbs.Run(
        ["audit", "export", .. arguments.Split(' '), "--out", Target, "--data", Path.Combine(_directory, "none")], _ => Task.FromResult(1),
        new Terminal(_output, _errors, interactive: false, colours: false));
}
