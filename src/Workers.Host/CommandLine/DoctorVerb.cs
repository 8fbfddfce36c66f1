using System.CommandLine;
using System.Net;
using System.Net.Sockets;
using Workers.Engine.Store;
using Workers.Host.Configuration;
using Workers.Redis;
using Workers.Sqlite;

namespace Workers.Host.CommandLine;

/// <summary>Checks what the program depends on and says what to do about what is not well. It changes nothing but a probe file.</summary>
internal static class DoctorVerb
{
    private const long LittleSpace = 1L << 30;

    public static Command Make(Terminal terminal)
    {
        var json = CommonOptions.Json();
        return new Command("doctor", "Check every dependency and say what to do") { json }.Does(async parsed =>
        {
            var settings = CommonOptions.Settings(parsed, terminal);
            var checks = new List<Check> { Directory(settings.Options), Space(settings.Options), Content(settings.Options), Schema(settings.Options) };
            if (settings.Options.HasRedis())
            {
                checks.Add(await Redis(settings.Options));
            }

            foreach (var url in settings.Urls.Split(';', StringSplitOptions.RemoveEmptyEntries))
            {
                checks.Add(await Address(url));
            }

            var table = new Table("check", "state", "detail");
            foreach (var check in checks)
            {
                table.Add(check.Name, check.State, check.Detail);
            }

            table.Write(terminal.Out, parsed.GetValue(json));
            return checks.Any(c => c.State == Check.Bad) ? ExitCodes.Unavailable : ExitCodes.Ok;
        });
    }

    private static Check Directory(WorkersOptions options)
    {
        const string name = "data directory";
        try
        {
            var directory = System.IO.Path.GetDirectoryName(EmbeddedFile.Open(options).Path)!;
            var probe = System.IO.Path.Combine(directory, $".probe-{Environment.ProcessId}");
            File.WriteAllText(probe, "");
            File.Delete(probe);
            return new Check(name, Check.Good, directory);
        }
        catch (Exception e) when (e is StoreOpenException or IOException or UnauthorizedAccessException)
        {
            return new Check(name, Check.Bad, e.Message);
        }
    }

    private static Check Space(WorkersOptions options)
    {
        const string name = "disk space";
        try
        {
            var free = new DriveInfo(System.IO.Path.GetFullPath(options.Data)).AvailableFreeSpace;
            return free < LittleSpace
                ? new Check(name, Check.Doubtful, $"{free >> 20:N0} MiB free; make room or lower Workers:Log:MaxBytes")
                : new Check(name, Check.Good, $"{free >> 30:N0} GiB free");
        }
        catch (IOException e)
        {
            return new Check(name, Check.Doubtful, $"not known: {e.Message}");
        }
    }

    private static Check Content(WorkersOptions options)
    {
        var path = EmbeddedFile.PathIn(options);
        if (!File.Exists(path))
        {
            return new Check("database", Check.Good, "not made yet");
        }

        try
        {
            return SqliteFile.Check(path) is { } damage
                ? new Check("database", Check.Bad, $"{damage}; restore it from a backup")
                : new Check("database", Check.Good, $"{path}, {new FileInfo(path).Length:N0} bytes, every page well");
        }
        catch (StoreOpenException e)
        {
            return new Check("database", Check.Bad, e.Message);
        }
    }

    private static Check Schema(WorkersOptions options)
    {
        try
        {
            var pending = SqliteFile.Migrations(EmbeddedFile.PathIn(options)).Count(m => m.AppliedAt is null);
            return new Check("schema", Check.Good, pending == 0 ? "up to date" : $"{pending} to apply at the next start");
        }
        catch (StoreOpenException e)
        {
            return new Check("schema", Check.Bad, e.Message);
        }
    }

    // Away, it is no reason not to start.
    private static async Task<Check> Redis(WorkersOptions options) =>
        await RedisModule.ProbeAsync(options.Redis.ConnectionString, TimeSpan.FromSeconds(5)) is { } why
            ? new Check("redis", Check.Doubtful, $"{why}; start it, or mend Workers:Redis:ConnectionString: until then nothing is cached and each process counts its own rate limits")
            : new Check("redis", Check.Good, "answers");

    private static async Task<Check> Address(string url)
    {
        var name = $"address {url}";
        using var process = new RunningProcess(url, TimeSpan.FromSeconds(2));
        try
        {
            var (status, _) = await process.Ask(HttpMethod.Get, "/health/ready");
            return status == 200
                ? new Check(name, Check.Good, "served and ready")
                : new Check(name, Check.Doubtful, $"served, but /health/ready answers {status}");
        }
        catch (StoreOpenException)
        {
            return CanListen(process.Address)
                ? new Check(name, Check.Good, "free")
                : new Check(name, Check.Bad, "cannot be served: taken, or not this machine's; name another with --urls");
        }
    }

    private static bool CanListen(Uri address)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.TryParse(address.DnsSafeHost, out var ip) ? ip : IPAddress.Loopback, address.Port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private sealed record Check(string Name, string State, string Detail)
    {
        public const string Good = "ok";
        public const string Doubtful = "warning";
        public const string Bad = "failed";
    }
}
