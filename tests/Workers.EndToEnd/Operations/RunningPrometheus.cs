using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Workers.EndToEnd.Running;

namespace Workers.EndToEnd.Operations;

/// <summary>A real Prometheus that scrapes the program each second and evaluates the rules of <c>ops/prometheus/rules</c>.</summary>
internal sealed class RunningPrometheus : IDisposable
{
    public const string Variable = "WORKERS_TEST_PROMETHEUS";
    private const string Ready = "Server is ready to receive web requests";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("workers-prometheus-");
    private readonly Process _process;
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private string _last = "";

    private RunningPrometheus(string binary, Uri target)
    {
        var port = FreePort();
        File.WriteAllText(Path.Combine(_directory.FullName, "prometheus.yml"), $$"""
            global: {scrape_interval: 1s, evaluation_interval: 1s}
            rule_files: [{{Checkout.At("ops/prometheus/rules")}}/*.yml]
            scrape_configs:
              - job_name: workers
                static_configs: [{targets: ["{{target.Authority}}"]}]
            """);
        _process = new Process
        {
            StartInfo = new ProcessStartInfo(binary,
            [
                $"--config.file={_directory.FullName}/prometheus.yml", $"--storage.tsdb.path={_directory.FullName}/data", $"--web.listen-address=127.0.0.1:{port}",
            ])
            { RedirectStandardError = true },
        };
        _process.ErrorDataReceived += (_, line) => Take(line.Data);
        _process.Start();
        _process.BeginErrorReadLine();
        Api = new ApiClient(new Uri($"http://127.0.0.1:{port}"));
    }

    public ApiClient Api { get; }

    public static async Task<RunningPrometheus> StartAsync(string binary, Uri target)
    {
        var prometheus = new RunningPrometheus(binary, target);
        try
        {
            await prometheus._ready.Task.WaitAsync(Patience);
            return prometheus;
        }
        catch
        {
            prometheus.Dispose();
            throw;
        }
    }

    /// <summary>Asks until there is a result, as long as it takes to scrape and record what is asked for.</summary>
    public async Task<JsonArray> UntilAnyAsync(string query)
    {
        var answer = await Api.UntilAsync(
            $"/api/v1/query?query={Uri.EscapeDataString(query)}", found => found.Status != 200 || found.Json["data"]!["result"]!.AsArray().Count > 0);
        return answer.Status == 200 ? answer.Json["data"]!["result"]!.AsArray() : throw new InvalidOperationException($"{query}: {answer}");
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
        Api.Dispose();
        _directory.Delete(recursive: true);
    }

    private void Take(string? line)
    {
        if (line is null)
        {
            _ready.TrySetException(new InvalidOperationException($"Prometheus ended: {_last}"));
            return;
        }

        _last = line;
        if (line.Contains(Ready, StringComparison.Ordinal))
        {
            _ready.TrySetResult();
        }
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
