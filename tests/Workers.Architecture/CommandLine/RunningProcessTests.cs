using System.Net;
using System.Net.Sockets;
using System.Text;
using NUnit.Framework;
using Shouldly;
using Workers.Host.CommandLine;
using Workers.Host.Configuration;

namespace Workers.Architecture.CommandLine;

/// <summary>What the command line shows to whom.</summary>
[Parallelizable(ParallelScope.All)]
public sealed class RunningProcessTests
{
    [Test]
    public async Task Whoever_listens_is_not_shown_the_credential_to_find_out_whether_anybody_does()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var process = new RunningProcess($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}", TimeSpan.FromSeconds(60), "wl_secret");
        var answers = process.Answers();

        using var client = await listener.AcceptTcpClientAsync();
        using var reader = new StreamReader(client.GetStream(), leaveOpen: true);
        var seen = new StringBuilder();
        while (await reader.ReadLineAsync() is { Length: > 0 } line)
        {
            seen.AppendLine(line);
        }

        await client.GetStream().WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"u8.ToArray());
        (await answers).ShouldBeTrue();
        seen.ToString().ShouldContain("/health/live");
        seen.ToString().ShouldNotContain("wl_secret");
    }

    [Test]
    public void The_secret_of_the_command_line_is_another_after_each_start()
    {
        var data = Directory.CreateTempSubdirectory("workers-cli-").FullName;
        try
        {
            var first = CommandLineSecret.Make(data)!;
            var second = CommandLineSecret.Make(data)!;

            second.Is(first.Text).ShouldBeFalse();
            CommandLineSecret.Find(data).ShouldBe(second.Text);
            CommandLineSecret.ReadOrMake(data)!.Text.ShouldBe(second.Text);
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }
    }
}
