using System.Diagnostics;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using NUnit.Framework;

namespace Workers.EndToEnd.Running;

/// <summary>A Redis of one test's own, that it kills and freezes. Needs Debian's redis-server, as it is there where <c>WORKERS_TEST_REDIS</c> is set.</summary>
internal sealed class RedisServer : IDisposable
{
    public const string Variable = "WORKERS_TEST_REDIS";

    private const int Sigstop = 19;
    private const int Sigcont = 18;
    private const int FirstPort = 10_000;
    private const int LastPort = 32_000;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(25);

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("workers-redis-");
    private readonly string[] _options;
    private Process? _process;

    private RedisServer(string[] options) => _options = options;

    // Below the ports that connections are given: a client that connects again and again would meet itself there.
    public int Port { get; private set; } = Random.Shared.Next(FirstPort, LastPort);

    public string Address => $"redis://127.0.0.1:{Port}/0";

    /// <param name="options">More of its command line.</param>
    public static async Task<RedisServer> StartAsync(params string[] options)
    {
        if (string.IsNullOrEmpty(Environment.GetEnvironmentVariable(Variable)))
        {
            Assert.Ignore($"{Variable} is not set: where it is, redis-server can be started too.");
        }

        var server = new RedisServer(options);
        while (!await server.AgainAsync())
        {
            server.Port = Random.Shared.Next(FirstPort, LastPort);
        }

        return server;
    }

    /// <summary>On the same port, with the data that it had. False where the port is somebody else's.</summary>
    public async Task<bool> AgainAsync()
    {
        var start = new ProcessStartInfo("redis-server") { RedirectStandardOutput = true };
        foreach (var argument in $"--bind 127.0.0.1 --port {Port} --dir {_directory.FullName} --appendonly yes --save".Split(' '))
        {
            start.ArgumentList.Add(argument);
        }

        start.ArgumentList.Add("");
        foreach (var option in _options)
        {
            start.ArgumentList.Add(option);
        }

        _process = Process.Start(start)!;
        _process.BeginOutputReadLine();
        using var deadline = new CancellationTokenSource(Patience);
        using var timer = new PeriodicTimer(Look);
        while (!_process.HasExited && !await IsOpenAsync())
        {
            await timer.WaitForNextTickAsync(deadline.Token);
        }

        return !_process.HasExited;
    }

    /// <summary>Sends a command as an operator would; its answer without the line's end, of a string its length.</summary>
    public async Task<string> TellAsync(string command)
    {
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", Port);
        using var reader = new StreamReader(client.GetStream());
        await client.GetStream().WriteAsync(System.Text.Encoding.ASCII.GetBytes(command + "\r\n"));
        var answer = await reader.ReadLineAsync() ?? "";
        return answer.StartsWith('-') ? throw new InvalidOperationException($"{command}: {answer}") : answer;
    }

    /// <summary>SIGKILL.</summary>
    public void Kill()
    {
        _process!.Kill();
        _process.WaitForExit();
        _process.Dispose();
        _process = null;
    }

    /// <summary>SIGSTOP: connections stay, nothing is answered.</summary>
    public void Freeze() => _ = Signal(_process!.Id, Sigstop);

    public void Resume() => _ = Signal(_process!.Id, Sigcont);

    public void Dispose()
    {
        if (_process is { HasExited: false })
        {
            Kill();
        }

        _directory.Delete(recursive: true);
    }

    private async Task<bool> IsOpenAsync()
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync("127.0.0.1", Port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    [DllImport("libc", EntryPoint = "kill")]
    private static extern int Signal(int process, int signal);
}
