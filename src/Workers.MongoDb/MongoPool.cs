using System.Runtime.InteropServices;
using Workers.Engine.Store;
using Workers.MongoDb.Native;

namespace Workers.MongoDb;

/// <summary>The connections to one deployment. Thread-safe; a client that was taken from it is of one thread until it is given back.</summary>
internal sealed class MongoPool : IDisposable
{
    // In the list of hosts: behind the pointer to the next and 256 bytes of name.
    private const int HostAndPort = 264;

    // What the driver would wait instead: 30 s, 10 s, 5 minutes. What the connection string says stays.
    private static readonly (string Option, int Milliseconds)[] Limits =
        [("serverSelectionTimeoutMS", 3_000), ("connectTimeoutMS", 3_000), ("socketTimeoutMS", 10_000)];

    private readonly string _database;
    private nint _pool;

    /// <exception cref="StoreOpenException">The library is missing, or the connection string is none; the message does not quote it.</exception>
    public MongoPool(string connectionString, string database, int size)
    {
        Libraries.Load();
        _database = database;
        var uri = Mongoc.UriNew(connectionString, out _);
        if (uri == 0)
        {
            throw new StoreOpenException("The connection string of MongoDB cannot be read: it is mongodb://[user:password@]host[:port][,…]/[?options], percent-encoded.");
        }

        foreach (var (option, milliseconds) in Limits)
        {
            if (!Mongoc.UriHasOption(uri, option))
            {
                Mongoc.UriSetOption(uri, option, milliseconds);
            }
        }

        Hosts = HostsOf(uri);
        _pool = Mongoc.PoolNew(uri);
        Mongoc.UriDestroy(uri);
        if (_pool == 0)
        {
            throw new StoreOpenException($"The options in the connection string of MongoDB at {Hosts} do not fit together.");
        }

        Mongoc.PoolSetErrorApi(_pool, 2);
        Mongoc.PoolSetName(_pool, "workers");
        Mongoc.PoolSetSize(_pool, (uint)size);
    }

    /// <summary>Where it is, without who asks.</summary>
    public string Hosts { get; }

    public MongoClient Take() => new(Mongoc.PoolPop(_pool), _database);

    public void Return(MongoClient client) => Mongoc.PoolPush(_pool, client.Handle);

    /// <summary>Only once every client was given back.</summary>
    public void Dispose()
    {
        if (_pool != 0)
        {
            Mongoc.PoolDestroy(_pool);
            _pool = 0;
        }
    }

    private static string HostsOf(nint uri)
    {
        var hosts = new List<string>();
        for (var host = Mongoc.UriHosts(uri); host != 0; host = Marshal.ReadIntPtr(host))
        {
            hosts.Add(Marshal.PtrToStringUTF8(host + HostAndPort)!);
        }

        return hosts.Count == 0 ? "the hosts of its service record" : string.Join(',', hosts);
    }
}
