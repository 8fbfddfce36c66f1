using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Workers.Domain.Schedules;
using Workers.Engine.Health;
using Workers.Engine.Store;
using Workers.Host.Configuration;
using Workers.Host.Roles;

namespace Workers.Host.CommandLine.Doctor;

/// <summary>What is around the process, and the process itself where one serves.</summary>
internal static class ProcessChecks
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    public static async Task<IReadOnlyList<Finding>> LookAsync(Settings settings)
    {
        var found = new List<Finding> { Zones(), Exposure(settings), Encryption(settings.Options) };
        if (settings.Options.Scheduler.File.Length > 0)
        {
            var (isGood, detail) = await ScheduleFileCheck.LookAsync(settings);
            found.Add(isGood ? Finding.Good("schedules", detail) : Finding.Doubtful("schedules", detail, "Mend the file that Workers:Scheduler:File names: until then schedules stay as they are."));
        }

        foreach (var url in settings.Urls.Split(';', StringSplitOptions.RemoveEmptyEntries))
        {
            found.AddRange(await AddressAsync(settings, url));
        }

        return found;
    }

    private static Finding Zones() => ZoneTimes.Find("Europe/Berlin") is null
        ? Finding.Bad("time zones", "this machine knows none but UTC", "Install the package tzdata: schedules in other zones cannot be read.")
        : Finding.Good("time zones", $"known; this machine is in {TimeZoneInfo.Local.Id}");

    private static Finding Exposure(Settings settings)
    {
        const string check = "callers";
        var roles = settings.Options.Api.Anonymous;
        var open = settings.Urls.Split(';', StringSplitOptions.RemoveEmptyEntries).Where(url => !Addresses.IsLocal(BindingAddress.Parse(url))).ToList();
        return roles.Count > 0 && open.Count > 0
            ? Finding.Doubtful(check, $"everybody who reaches {string.Join(", ", open)} is {string.Join(", ", roles)} without a key", "Take Workers:Api:Anonymous out and make keys (Workers.Host keys create), unless this is for development.")
            : Finding.Good(check, roles.Count > 0 ? $"on this machine: {string.Join(", ", roles)} without a key"
                : open.Count > 0 ? "other machines are served, with a key or a token alone" : "this machine alone");
    }

    private static Finding Encryption(WorkersOptions options) => EncryptionKeys.LiesInStore(options)
        ? Finding.Doubtful("encryption", "the key lies in the database that it protects", "Name one with Workers:Encryption:KeyFile (docs/operations.md, Sensitive values).")
        : Finding.Good("encryption", "the key lies apart from the database's server, or in the data directory");

    private static async Task<IReadOnlyList<Finding>> AddressAsync(Settings settings, string url)
    {
        var name = $"address {url}";
        using var process = new RunningProcess(url, Limit);
        try
        {
            var (status, body) = await process.Ask(HttpMethod.Get, "/health/ready");
            return status == 200
                ? [Finding.Good(name, "served and ready"), .. await WorkersAsync(settings with { Urls = url })]
                : [Finding.Doubtful(name, $"served, but /health/ready answers {status}: {Reasons(body)}", "Look at what it names.")];
        }
        catch (StoreOpenException)
        {
            return
            [
                CanListen(process.Address)
                    ? Finding.Good(name, "free")
                    : Finding.Bad(name, "cannot be served: taken, or not this machine's", "Stop who has it, or name another with --urls."),
            ];
        }
    }

    /// <summary>The clocks of all processes that work, as the store has seen them.</summary>
    private static async Task<IReadOnlyList<Finding>> WorkersAsync(Settings settings)
    {
        const string check = "workers";
        using var process = RunningProcess.Of(settings, Limit);
        int status;
        JsonNode? body;
        try
        {
            (status, body) = await process.Ask(HttpMethod.Get, "/api/v1/commands/workers");
        }
        catch (StoreOpenException)
        {
            return [Finding.Doubtful(check, $"not told within {Limit.TotalSeconds:0} s", "Look at GET /health/ready and at the log: what it reads them from is slow.")];
        }

        if (status != 200 || body?["items"] is not JsonArray workers)
        {
            return [];
        }

        var gone = workers.Where(worker => worker!["state"]!.ToString() == "gone").Select(worker => worker!["id"]!.ToString()).ToList();
        var late = workers.Where(worker => worker!["clock_ms_off"]?.GetValue<long>() is > 1_000 or < -1_000)
            .Select(worker => $"{worker!["id"]} {worker["clock_ms_off"]} ms").ToList();
        return
        [
            gone.Count == 0
                ? Finding.Good(check, $"{workers.Count(worker => worker!["state"]!.ToString() == "working")} at work")
                : Finding.Doubtful(check, $"gone without saying so within the last hour: {string.Join(", ", gone)}", "Look at their machines and logs, and start them again where they are missed."),
            late.Count == 0
                ? Finding.Good("workers' clocks", "as the store's")
                : Finding.Doubtful("workers' clocks", $"off from the store's: {string.Join(", ", late)}", "Have all machines follow one time server (NTP): times in lists and lag in seconds are off by so much."),
        ];
    }

    private static string Reasons(JsonNode? body) => body?["checks"] is JsonObject parts
        ? string.Join("; ", parts.Select(part => part.Value?["detail"]?.ToString()).Where(detail => detail is not null))
        : "no reason given";

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
}
