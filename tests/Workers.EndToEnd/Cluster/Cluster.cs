using Workers.EndToEnd.Kills;
using Workers.EndToEnd.Running;

namespace Workers.EndToEnd.Cluster;

/// <summary>
/// The program in the cluster's shape: a process for each role, on the servers that <c>WORKERS_TEST_KAFKA</c>, <c>_MYSQL</c> and <c>_MONGODB</c> name, with
/// topics and databases of its own.
/// </summary>
internal sealed class Cluster : IAsyncDisposable
{
    private readonly string _name = $"e2e{Guid.NewGuid():N}"[..14];
    private readonly List<DataDirectory> _directories = [];
    private readonly Dictionary<string, KilledProgram> _programs = [];
    private readonly string _kafka;
    private readonly string _mysql = TestServers.Named("WORKERS_TEST_MYSQL");
    private readonly string? _mongodb;
    private readonly IReadOnlyDictionary<string, string> _more;

    private Cluster(string? mongodb, IReadOnlyDictionary<string, string>? more = null, string? kafka = null) =>
        (_mongodb, _more, _kafka) = (mongodb, more ?? new Dictionary<string, string>(), kafka ?? TestServers.Named("WORKERS_TEST_KAFKA"));

    /// <summary>What the simulated gateway has moved.</summary>
    public string Ledger => DirectoryOf("effects").Ledger;

    /// <summary>What the names of its topics begin with.</summary>
    public string Prefix => _name + ".";

    /// <summary>The process with the door.</summary>
    public KilledProgram Door => _programs.First(p => p.Key.StartsWith("api", StringComparison.Ordinal)).Value;

    public KilledProgram this[string name] => _programs[name];

    /// <summary>The brokers.</summary>
    public string Kafka => _kafka;

    /// <summary>A topic of ours, as Kafka names it.</summary>
    public string NameOf(string topic) => $"{_name}.{topic}";

    /// <summary>With audit and read models in MongoDB: starts a process for each of these, and returns when all are ready.</summary>
    /// <param name="names">Each is its role, with a number behind it where there are several. The first makes topics, tables and indexes.</param>
    public static Task<Cluster> StartAsync(params string[] names) => StartAsync(new Cluster(TestServers.Named("WORKERS_TEST_MONGODB")), names);

    /// <summary>With audit and read models in the door's process: FerretDB, which stands for MongoDB in tests, scans, and does not stand a load.</summary>
    public static Task<Cluster> StartWithoutMongoDbAsync(params string[] workers) => StartAsync(new Cluster(null), ["api,projections,audit", .. workers]);

    /// <summary>The same with more in every process's environment.</summary>
    public static Task<Cluster> StartWithoutMongoDbAsync(IReadOnlyDictionary<string, string> more, params string[] workers) =>
        StartAsync(new Cluster(null, more), ["api,projections,audit", .. workers]);

    /// <summary>The same on other brokers than those of <c>WORKERS_TEST_KAFKA</c>.</summary>
    public static Task<Cluster> StartOnAsync(string kafka, params string[] workers) => StartAsync(new Cluster(null, kafka: kafka), ["api,projections,audit", .. workers]);

    private static async Task<Cluster> StartAsync(Cluster cluster, string[] names)
    {
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
        var program = new KilledProgram(DirectoryOf(name).FullName, Environment(name.TrimEnd('0', '1', '2', '3', '4')));
        lock (_programs)
        {
            _programs.Add(name, program);
        }

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

    /// <summary>The settings of a process of this cluster.</summary>
    public Dictionary<string, string> Environment(string role) => new(_more)
    {
        ["Workers__Roles"] = role,
        ["Workers__Log"] = "kafka",
        ["Workers__Kafka__BootstrapServers"] = _kafka,
        ["Workers__Kafka__Prefix"] = _name + ".",
        ["Workers__Kafka__Partitions"] = "4",
        ["Workers__Kafka__SessionTimeout"] = "6s",
        ["Workers__Store"] = "mysql",
        ["Workers__MySql__ConnectionString"] = $"{_mysql};Database={_name}",
        ["Workers__Audit"] = _mongodb is null ? "sqlite" : "mongodb",
        ["Workers__MongoDb__ConnectionString"] = _mongodb ?? "",
        ["Workers__MongoDb__Database"] = _name,
    };
}
