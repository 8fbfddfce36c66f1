using System.Diagnostics;
using System.Globalization;

namespace Workers.Benchmarks.Whole;

/// <summary>The program as a process; ended as if it was killed.</summary>
internal sealed class HostProcess : IDisposable
{
    private readonly Process _process;
    private readonly bool _isFresh;
    private readonly TaskCompletionSource<int> _port = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <param name="roles">What it does.</param>
    /// <param name="environment">Its configuration.</param>
    /// <param name="data">A directory that stays; null for a fresh one that does not.</param>
    public HostProcess(string roles, IReadOnlyDictionary<string, string>? environment = null, string? data = null)
    {
        _isFresh = data is null;
        Data = data ?? Directory.CreateTempSubdirectory("workers-bench-").FullName;
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in new[]
        {
            Environment.GetEnvironmentVariable("BENCH_HOST") ?? Path.Combine(AppContext.BaseDirectory, "Workers.Host.dll"), "--data", Data, "--urls", "http://127.0.0.1:0", "--roles", roles,
        })
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["Workers__Api__AccessLog"] = "false";
        start.Environment["Workers__Logging__Level"] = "warn";
        start.Environment["Workers__Logging__File"] = Path.Combine(Data, "app.log");
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, line) => Look(line.Data);
        _process.ErrorDataReceived += (_, line) => Fail(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public string Data { get; }

    public Task<int> Port => _port.Task.WaitAsync(TimeSpan.FromSeconds(60));

    /// <summary>Returns when it has what it needs to work.</summary>
    public async Task ReadyAsync()
    {
        using var http = new HttpClient();
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        var address = new Uri($"http://127.0.0.1:{await Port}/health/ready");
        var clock = Stopwatch.StartNew();
        while ((await http.GetAsync(address)) is { IsSuccessStatusCode: false } answer)
        {
            answer.Dispose();
            if (clock.Elapsed > TimeSpan.FromMinutes(2))
            {
                throw new TimeoutException($"{address} is not ready.");
            }

            await look.WaitForNextTickAsync();
        }
    }

    public double CpuSeconds
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime.TotalSeconds;
        }
    }

    /// <summary>Processor seconds of each thread by its name; empty where there is no /proc.</summary>
    public Dictionary<string, double> ThreadSeconds
    {
        get
        {
            var seconds = new Dictionary<string, double>(StringComparer.Ordinal);
            foreach (var task in Directory.Exists("/proc/self") ? Directory.GetDirectories($"/proc/{_process.Id}/task") : [])
            {
                string stat;
                try
                {
                    stat = File.ReadAllText(Path.Combine(task, "stat"));
                }
                catch (IOException)
                {
                    // The thread has ended meanwhile.
                    continue;
                }

                var name = stat[(stat.IndexOf('(', StringComparison.Ordinal) + 1)..stat.LastIndexOf(')')];
                var used = stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[11..13].Sum(ticks => long.Parse(ticks, CultureInfo.InvariantCulture));
                seconds[name] = seconds.GetValueOrDefault(name) + (used / 100d);
            }

            return seconds;
        }
    }

    /// <summary>Resident memory in MB, and how much of it are pages of mapped files, which the system takes back when it needs them.</summary>
    public (long All, long OfFiles) ResidentMegabytes
    {
        get
        {
            _process.Refresh();
            var status = $"/proc/{_process.Id}/status";
            var ofFiles = File.Exists(status)
                ? File.ReadLines(status).First(line => line.StartsWith("RssFile", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]
                : "0";
            return (_process.WorkingSet64 >> 20, long.Parse(ofFiles, CultureInfo.InvariantCulture) >> 10);
        }
    }

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
        if (_isFresh)
        {
            Directory.Delete(Data, recursive: true);
        }
    }

    private void Fail(string? line)
    {
        if (line?.StartsWith("error:", StringComparison.Ordinal) == true)
        {
            _port.TrySetException(new InvalidOperationException(line));
        }
    }

    private void Look(string? line)
    {
        var at = line?.IndexOf("http://127.0.0.1:", StringComparison.Ordinal) ?? -1;
        if (at >= 0 && line!.Contains("serving", StringComparison.Ordinal))
        {
            var port = new string(line[(at + "http://127.0.0.1:".Length)..].TakeWhile(char.IsDigit).ToArray());
            _port.TrySetResult(int.Parse(port, CultureInfo.InvariantCulture));
        }
    }
}
