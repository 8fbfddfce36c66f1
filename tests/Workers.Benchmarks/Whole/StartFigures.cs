using System.Diagnostics;
using Workers.Benchmarks.Report;

namespace Workers.Benchmarks.Whole;

/// <summary>
/// G10: from an empty directory to the first durable and executed command, beside a server that does nothing; G7's part of it: the same in a directory whose program was killed
/// under load.
/// </summary>
internal static class StartFigures
{
    private const int Rounds = 5;

    public static async Task RunAsync(Table table)
    {
        var (seconds, bare) = (new List<double>(), new List<double>());
        var (memory, files, bareMemory) = (0L, 0L, 0L);
        for (var i = 0; i < Rounds; i++)
        {
            var clock = Stopwatch.StartNew();
            using (var host = new HostProcess("all"))
            {
                seconds.Add(await FirstAsync(await host.Port, 201, clock));
                (memory, files) = host.ResidentMegabytes;
            }

            clock.Restart();
            using var server = new BareServer();
            bare.Add(await FirstAsync(await server.Port, 202, clock));
            bareMemory = server.ResidentMegabytes;
        }

        table.Add(new Figure("G10", "start in an empty directory to the first command executed, the built program", Middle(seconds), "s")
        {
            Wanted = 0.7,
            LessIsBetter = true,
            CeilingOf = "a server that does nothing",
            Ceiling = Middle(bare),
            Durability = "fsync",
            Note = FormattableString.Invariant($"best {seconds.Min():F2} s"),
        });
        table.Add(new Figure("G10", "memory then", memory, "MB")
        {
            Wanted = 130,
            LessIsBetter = true,
            CeilingOf = "a server that does nothing",
            Ceiling = bareMemory,
            Note = $"{files} of them pages of mapped files",
        });
        await KilledAsync(table);
    }

    private static async Task KilledAsync(Table table)
    {
        var seconds = new List<double>();
        for (var i = 0; i < Rounds; i++)
        {
            var data = Directory.CreateTempSubdirectory("workers-bench-").FullName;
            try
            {
                using (var host = new HostProcess("all", data: data))
                {
                    await Load.RunAsync(await host.Port, 64, 5_000, 202, DoorFigures.Request);
                }

                var clock = Stopwatch.StartNew();
                using var again = new HostProcess("all", data: data);
                seconds.Add(await FirstAsync(await again.Port, 201, clock));
            }
            finally
            {
                Directory.Delete(data, recursive: true);
            }
        }

        table.Add(new Figure("G7", "killed with 5,000 commands accepted, to the first new command executed", Middle(seconds), "s")
        {
            Wanted = 1,
            LessIsBetter = true,
            Durability = "fsync",
            Note = "from the start of the process; what G7 promises is proved by the tests of faults",
        });
    }

    private static async Task<double> FirstAsync(int port, int expected, Stopwatch clock)
    {
        using var connection = new Connection();
        await connection.OpenAsync(port);
        var status = await connection.SendAsync(Connection.Request("/api/v1/users", """{"name":"Ada","email":"ada@example.com"}"""));
        return status == expected ? clock.Elapsed.TotalSeconds : throw new InvalidOperationException($"Answered {status}.");
    }

    private static double Middle(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
