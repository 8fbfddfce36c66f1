using System.Diagnostics;
using System.Globalization;

namespace Workers.Benchmarks.Whole;

/// <summary>The program as a process, on a fresh directory.</summary>
internal sealed class HostProcess : IDisposable
{
    private readonly Process _process;
    private readonly TaskCompletionSource<int> _port = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public HostProcess(string roles)
    {
        Data = Directory.CreateTempSubdirectory("workers-bench-").FullName;
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in new[]
        {
            Path.Combine(AppContext.BaseDirectory, "Workers.Host.dll"), "--data", Data, "--urls", "http://127.0.0.1:0", "--roles", roles,
        })
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["Workers__Api__AccessLog"] = "false";
        start.Environment["Workers__Logging__Level"] = "warn";
        start.Environment["Workers__Logging__File"] = Path.Combine(Data, "app.log");
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, line) => Look(line.Data);
        _process.ErrorDataReceived += (_, line) => Fail(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public string Data { get; }

    public Task<int> Port => _port.Task.WaitAsync(TimeSpan.FromSeconds(60));

    public double CpuSeconds
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime.TotalSeconds;
        }
    }

    public long ResidentBytes
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64;
        }
    }

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
        Directory.Delete(Data, recursive: true);
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
