using NUnit.Framework;
using Shouldly;
using Workers.Host.Configuration;

namespace Workers.Architecture.Configuration;

/// <summary>Document 001's file, <c>configs/config.yaml</c>, as it is printed; its section <c>cqrs</c> is in <see cref="ConfigurationTests"/>.</summary>
[Parallelizable(ParallelScope.All)]
public sealed class PrintedConfigurationTests
{
    [Test]
    public void The_printed_sections_of_servers_are_understood()
    {
        const string printed = """
            server:
              port: ":8080"
              read_timeout: 30s
              write_timeout: 30s
              idle_timeout: 120s
            database:
              mysql:
                host: "localhost"
                port: 3306
                username: "root"
                password: "password"
                database: "cqrs_db"
                max_idle_conns: 10
                max_open_conns: 100
                conn_max_lifetime: 3600
              mongodb:
                uri: "mongodb://localhost:27017"
                database: "cqrs_db"
                max_pool_size: 100
                min_pool_size: 10
                max_idle_time: 30s
            kafka:
              brokers:
                - "localhost:9092"
              group_id: "cqrs-group"
              topic: "cqrs-events"
              consumer_timeout: 10s
              producer_timeout: 10s
            """;
        var path = Path.GetTempFileName();
        File.WriteAllText(path, printed);

        var read = ConfigurationReader.Read(new Dictionary<string, Setting>(), new Dictionary<string, string>(), path);
        File.Delete(path);

        // Each connection to MongoDB is a thread's own and stays open.
        read.Warnings.ShouldBe([$"{path}: database.mongodb.min_pool_size is not used by this version", $"{path}: database.mongodb.max_idle_time is not used by this version"]);
        var (options, mySql) = (read.Options, read.Options.MySql);
        (mySql.ReaderConnections, mySql.MaxConnections, mySql.ConnectionLifetime, options.MongoDb.Readers).ShouldBe((10, 100, TimeSpan.FromHours(1), 8));
        (options.Kafka.GroupPrefix, options.Kafka.ConsumerTimeout, options.Kafka.ProducerTimeout).ShouldBe(("cqrs-group.", TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(10)));
        (options.Feeds.CqrsEvents, options.MongoDb.Database, options.Api.IdleTimeout).ShouldBe(("cqrs-events", "cqrs_db", TimeSpan.FromMinutes(2)));
    }
}
