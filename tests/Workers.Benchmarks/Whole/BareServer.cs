using System.Diagnostics;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Workers.Benchmarks.Whole;

/// <summary>Kestrel's bare answer, in a process of its own: a body read as JSON, a fixed answer; nothing checked, nothing stored. The ceiling of G4 and G10.</summary>
internal sealed class BareServer : IDisposable
{
    private static readonly byte[] Answer = """{"id":"0198c2f4-7d1e-7c51-9f0a-2b6a4c3d9e11","status":"QUEUED"}"""u8.ToArray();

    private readonly Process _process;
    private readonly TaskCompletionSource<int> _port = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public BareServer()
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "Workers.Benchmarks.dll"));
        start.ArgumentList.Add("bare");
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, line) =>
        {
            if (int.TryParse(line.Data, out var port))
            {
                _port.TrySetResult(port);
            }
        };
        _process.BeginOutputReadLine();
    }

    public Task<int> Port => _port.Task.WaitAsync(TimeSpan.FromSeconds(60));

    public long ResidentMegabytes
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64 >> 20;
        }
    }

    /// <summary>What that process does: says its port, and answers until it is ended.</summary>
    public static async Task ServeAsync()
    {
        var app = WebApplication.CreateSlimBuilder(["--urls", "http://127.0.0.1:0", "--Logging:LogLevel:Default", "None"]).Build();
        app.MapPost("/{**path}", async context =>
        {
            using var body = await JsonDocument.ParseAsync(context.Request.Body);
            context.Response.StatusCode = StatusCodes.Status202Accepted;
            context.Response.ContentType = "application/json";
            context.Response.ContentLength = Answer.Length;
            await context.Response.Body.WriteAsync(Answer);
        });
        await app.StartAsync();
        Console.WriteLine(new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()).Port);
        await app.WaitForShutdownAsync();
    }

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }
}
