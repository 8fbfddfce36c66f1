using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace Workers.EndToEnd.Running;

/// <summary>The program as a process of its own, serving a data directory on a port that the system chose.</summary>
internal sealed class RunningProgram : IDisposable
{
    private const int Sigterm = 15;
    private const int Sigstop = 19;
    private const int Sigcont = 18;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    // As it is published where that is named, else as it is built beside the tests.
    private static readonly string s_program =
        Environment.GetEnvironmentVariable("WORKERS_TEST_HOST") ?? Path.Combine(AppContext.BaseDirectory, "Workers.Host.dll");

    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _error = new();
    private readonly TaskCompletionSource<Uri> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _outputEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _errorEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private readonly string _directory;

    private RunningProgram(string directory, string? urls, IReadOnlyDictionary<string, string>? environment, string[]? verb = null, string? program = null)
    {
        _directory = directory;
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetTempPath(),
            ArgumentList = { program ?? s_program },

            // Most live for seconds, and compiling is most of what they do: nothing is counted for a second, better compilation.
            Environment = { ["DOTNET_TieredPGO"] = "0", ["DOTNET_EnableDiagnostics"] = "0", ["Workers__Api__AccessLog"] = "false", ["Workers__Logging__File"] = "", ["NO_COLOR"] = "1" },
        };
        foreach (var argument in (string[])[.. verb ?? [], "--data", directory, .. urls is null ? (string[])[] : ["--urls", urls]])
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Take(line.Data, _output, _outputEnded);
        _process.ErrorDataReceived += (_, line) => Take(line.Data, _error, _errorEnded);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>What it has written so far.</summary>
    public string Output => Text(_output);

    public string Error => Text(_error);

    public int Id => _process.Id;

    public ApiClient Api { get; private set; } = null!;

    /// <summary>Starts it and returns when it serves.</summary>
    /// <param name="build">Another build of it than the usual one; null: that one.</param>
    /// <exception cref="InvalidOperationException">It ended instead, or said nothing for long; with all that it wrote.</exception>
    public static Task<RunningProgram> StartAsync(string directory, IReadOnlyDictionary<string, string>? environment = null, string? build = null) =>
        ServingAsync(new RunningProgram(directory, "http://127.0.0.1:0", environment, program: build));

    /// <summary>The same with a demonstration's traffic.</summary>
    public static Task<RunningProgram> DemoAsync(string directory) => ServingAsync(new RunningProgram(directory, "http://127.0.0.1:0", null, ["serve", "--demo"]));

    private static async Task<RunningProgram> ServingAsync(RunningProgram program)
    {
        try
        {
            var ended = program._outputEnded.Task;
            await Task.WhenAny(program._address.Task, ended).WaitAsync(Patience);
            program.Api = program._address.Task.IsCompletedSuccessfully
                ? new ApiClient(await program._address.Task)
                : throw new InvalidOperationException("The program ended at its start.");
            return program;
        }
        catch (Exception error) when (error is TimeoutException or InvalidOperationException)
        {
            if (program._outputEnded.Task.IsCompleted)
            {
                // What it said last is on its way.
                await program._errorEnded.Task.WaitAsync(Patience).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }

            program.Dispose();
            throw new InvalidOperationException($"The program does not serve: {error.Message}\n{program.Output}\n{program.Error}", error);
        }
    }

    /// <summary>Starts it where it is expected to end by itself.</summary>
    public static async Task<Ended> RunAsync(string directory, string urls = "http://127.0.0.1:0", IReadOnlyDictionary<string, string>? environment = null)
    {
        using var program = new RunningProgram(directory, urls, environment);
        return await program.EndAsync();
    }

    /// <summary>Starts one of its verbs on a directory.</summary>
    public static RunningProgram StartVerb(string directory, IReadOnlyDictionary<string, string>? environment, params string[] verb) =>
        new(directory, "http://127.0.0.1:0", environment, verb);

    /// <summary>Runs one of its verbs where nobody serves.</summary>
    public static async Task<Ended> AloneAsync(string directory, params string[] verb)
    {
        using var program = new RunningProgram(directory, null, new Dictionary<string, string> { ["ASPNETCORE_URLS"] = "http://127.0.0.1:1" }, verb);
        return await program.EndAsync();
    }

    /// <summary>Runs one of its verbs against this process.</summary>
    public async Task<Ended> AskAsync(params string[] verb)
    {
        using var program = new RunningProgram(_directory, Api.Address.ToString(), environment: null, verb);
        return await program.EndAsync();
    }

    /// <summary>Completes when it has ended, however.</summary>
    public Task GoneAsync() => _process.WaitForExitAsync();

    /// <summary>SIGTERM, and nothing more.</summary>
    public void Tell() => _ = Signal(_process.Id, Sigterm);

    /// <summary>SIGTERM; what it ended with.</summary>
    public Task<Ended> TerminateAsync()
    {
        _ = Signal(_process.Id, Sigterm);
        return EndAsync();
    }

    /// <summary>SIGKILL; returns when the process is gone.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync().WaitAsync(Patience);
    }

    /// <summary>SIGSTOP: it is there and does nothing, until <see cref="Resume"/>.</summary>
    public void Freeze() => _ = Signal(_process.Id, Sigstop);

    public void Resume() => _ = Signal(_process.Id, Sigcont);

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
        Api?.Dispose();
    }

    /// <summary>Waits for it to end by itself.</summary>
    public async Task<Ended> EndAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(Patience);
        await Task.WhenAll(_outputEnded.Task, _errorEnded.Task).WaitAsync(Patience);
        return new Ended(_process.ExitCode, Output, Error);
    }

    private void Take(string? line, StringBuilder text, TaskCompletionSource ended)
    {
        if (line is null)
        {
            ended.TrySetResult();
            return;
        }

        lock (text)
        {
            text.AppendLine(line);
        }

        const string serving = "  serving  ";
        if (line.StartsWith(serving, StringComparison.Ordinal))
        {
            _address.TrySetResult(new Uri(line[serving.Length..]));
        }
    }

    private static string Text(StringBuilder text)
    {
        lock (text)
        {
            return text.ToString();
        }
    }

    [DllImport("libc", EntryPoint = "kill")]
    private static extern int Signal(int process, int signal);
}

/// <summary>How a process ended.</summary>
internal sealed record Ended(int ExitCode, string Output, string Error);
