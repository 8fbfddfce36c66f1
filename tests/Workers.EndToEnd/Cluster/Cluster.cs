using Workers.EndToEnd.Kills;
using Workers.EndToEnd.Running;

namespace Workers.EndToEnd.Cluster;

/// <summary>
/// The program in the cluster's shape: processes of one role or of several, on real servers, with topics and databases of their own.
/// </summary>
internal sealed class Cluster : IAsyncDisposable
{
    private readonly string _name = $"e2e{Guid.NewGuid():N}"[..14];
    private readonly List<DataDirectory> _directories = [];
    private readonly Dictionary<string, Dictionary<string, string>> _environments = [];
    private readonly Dictionary<string, KilledProgram> _programs = [];
    private readonly ClusterServers _servers;

    private Cluster(ClusterServers servers) => _servers = servers;

    /// <summary>What the simulated gateway has moved.</summary>
    public string Ledger => DirectoryOf("effects").Ledger;

    /// <summary>What the names of its topics begin with.</summary>
    public string Prefix => _name + ".";

    /// <summary>The process with the door.</summary>
    public KilledProgram Door => _programs.First(p => p.Key.StartsWith("api", StringComparison.Ordinal)).Value;

    public KilledProgram this[string name] => _programs[name];

    /// <summary>The brokers.</summary>
    public string Kafka => _servers.Kafka;

    /// <summary>A topic of ours, as Kafka names it.</summary>
    public string NameOf(string topic) => $"{_name}.{topic}";

    /// <summary>With audit and read models in the door's process.</summary>
    public static Task<Cluster> StartWithoutMongoDbAsync(params string[] workers) => StartAsync(ClusterServers.WithoutMongoDb(), ["api,projections,audit", .. workers]);

    /// <summary>The same on other brokers than those of <c>WORKERS_TEST_KAFKA</c>.</summary>
    public static Task<Cluster> StartOnAsync(string kafka, params string[] workers) =>
        StartAsync(ClusterServers.WithoutMongoDb() with { Kafka = kafka }, ["api,projections,audit", .. workers]);

    /// <summary>Starts a process for each of these, and returns when all are ready.</summary>
    /// <param name="names">Each is its roles, with a number behind them where there are several. The first makes topics, tables and indexes.</param>
    public static async Task<Cluster> StartAsync(ClusterServers servers, params string[] names)
    {
        var cluster = new Cluster(servers);
        try
        {
            await cluster.AddAsync(names[0]);
            await Task.WhenAll(names.Skip(1).Select(cluster.AddAsync));
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    public async Task AddAsync(string name)
    {
        var (directory, environment) = (DirectoryOf(name), Environment(name.TrimEnd('0', '1', '2', '3', '4')));
        var program = new KilledProgram(directory.FullName, environment, _servers.Build);
        lock (_programs)
        {
            _programs.Add(name, program);
            _environments.Add(name, environment);
            _door ??= directory;
        }

        await StartAsync(program);
    }

    /// <summary>Ends all processes in order.</summary>
    public Task TerminateAsync() => Task.WhenAll(_programs.Values.Select(program => program.TerminateAsync()));

    /// <summary>Ends all processes by SIGKILL.</summary>
    public Task KillAsync() => Task.WhenAll(_programs.Values.Select(program => program.KillAsync()));

    /// <summary>A setting of one process, from its next start on.</summary>
    public void Set(string name, string setting, string value) => _environments[name][setting] = value;

    /// <summary>Starts all processes again, with this of their settings changed.</summary>
    public Task StartAgainAsync(string setting, string value)
    {
        foreach (var environment in _environments.Values)
        {
            environment[setting] = value;
        }

        return Task.WhenAll(_programs.Values.Select(StartAsync));
    }

    /// <summary>Where the first process keeps audit and read models.</summary>
    public DataDirectory DoorData => _door ?? throw new InvalidOperationException("There is no process.");

    /// <summary>Writes the last lines of every process that serves.</summary>
    public async Task TellAsync(TextWriter to)
    {
        foreach (var (name, program) in _programs.Where(program => program.Value.Present.IsCompletedSuccessfully))
        {
            var present = await program.Present;
            await to.WriteLineAsync($"-- {name}");
            await to.WriteLineAsync(string.Join('\n', (present.Output + present.Error).Split('\n').TakeLast(25)));
        }
    }

    private static async Task StartAsync(KilledProgram program)
    {
        await program.StartAsync();
        await (await program.Present).Api.UntilAsync("/health/ready", answer => answer.Status == 200);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var program in _programs.Values)
        {
            program.Dispose();
        }

        _directories.ForEach(d => d.Dispose());
        await Task.CompletedTask;
    }

    private DataDirectory DirectoryOf(string name)
    {
        // Effects share the simulated gateway's ledger, as they would share a gateway; marks of what is executed are each machine's own.
        lock (_directories)
        {
            if (_shared is null)
            {
                _shared = new DataDirectory();
                _directories.Add(_shared);
            }

            if (name.StartsWith("effects", StringComparison.Ordinal))
            {
                return _shared;
            }

            var own = new DataDirectory();
            _directories.Add(own);
            return own;
        }
    }

    private DataDirectory? _shared;
    private DataDirectory? _door;

    /// <summary>The settings of a process of this cluster.</summary>
    public Dictionary<string, string> Environment(string role) => new(_servers.More)
    {
        ["Workers__Roles"] = role,
        ["Workers__Log"] = "kafka",
        ["Workers__Kafka__BootstrapServers"] = _servers.Kafka,
        ["Workers__Kafka__Prefix"] = _name + ".",
        ["Workers__Kafka__Partitions"] = "4",
        ["Workers__Kafka__SessionTimeout"] = "6s",
        ["Workers__Store"] = "mysql",
        ["Workers__MySql__ConnectionString"] = $"{_servers.MySql};Database={_name}",
        ["Workers__MySql__Timeout"] = "5s",
        ["Workers__Audit"] = _servers.MongoDb is null ? "sqlite" : "mongodb",
        ["Workers__MongoDb__ConnectionString"] = _servers.MongoDb ?? "",
        ["Workers__MongoDb__Database"] = _name,
    };
}
