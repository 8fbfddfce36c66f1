using NUnit.Framework;
using Workers.EndToEnd.Running;

namespace Workers.EndToEnd;

/// <summary>One program for all tests that need no stop: each test has ids of its own.</summary>
[SetUpFixture]
public sealed class SharedProgram
{
    private static DirectoryInfo? s_directory;
    private static RunningProgram? s_program;

    internal static ApiClient Api => s_program!.Api;

    internal static string Directory => s_directory!.FullName;

    [OneTimeSetUp]
    public async Task Start()
    {
        s_directory = System.IO.Directory.CreateTempSubdirectory("workers-e2e-");
        s_program = await RunningProgram.StartAsync(
            s_directory.FullName, new Dictionary<string, string> { ["Workers__Handlers__AllowedHosts"] = "127.0.0.1" });
        await s_program.Api.UntilAsync("/health/ready", answer => answer.Status == 200);
    }

    [OneTimeTearDown]
    public void Stop()
    {
        s_program?.Dispose();
        s_directory?.Delete(recursive: true);
    }
}
