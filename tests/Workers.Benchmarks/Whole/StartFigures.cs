using System.Diagnostics;
using System.Globalization;

namespace Workers.Benchmarks.Whole;

/// <summary>G10: from an empty directory to the first durable and executed command.</summary>
internal static class StartFigures
{
    public static async Task RunAsync()
    {
        var seconds = new List<double>();
        var (memory, files) = (0L, 0L);
        for (var i = 0; i < 5; i++)
        {
            var clock = Stopwatch.StartNew();
            using var host = new HostProcess("all");
            using var connection = new Connection();
            await connection.OpenAsync(await host.Port);
            var status = await connection.SendAsync(Connection.Request("/api/v1/users", """{"name":"Ada","email":"ada@example.com"}"""));
            seconds.Add(status == 201 ? clock.Elapsed.TotalSeconds : throw new InvalidOperationException($"Answered {status}."));
            (memory, files) = host.ResidentMegabytes;
        }

        seconds.Sort();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"G10 start to first command executed, built program: median {seconds[2]:F2} s, best {seconds[0]:F2} s; {memory} MB resident, {files} of them mapped files"));
    }
}
