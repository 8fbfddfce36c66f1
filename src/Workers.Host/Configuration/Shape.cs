using System.ComponentModel.DataAnnotations;
using Workers.Engine.Options;
using Workers.Redis;

namespace Workers.Host.Configuration;

/// <summary>What keeps log, state and read side, and which combinations there are: README, Two shapes.</summary>
internal static class Shape
{
    public static bool HasKafka(this WorkersOptions options) => options.Log.Kind == "kafka";

    public static bool HasMySql(this WorkersOptions options) => options.Store.Kind == "mysql";

    public static bool HasMongoDb(this WorkersOptions options) => options.Audit.Kind == "mongodb";

    public static bool HasRedis(this WorkersOptions options) => options.Cache.Kind == CacheOptions.Redis;

    /// <summary>True where anything is kept in the data directory: then this process is the only one.</summary>
    public static bool HasSqlite(this WorkersOptions options) => !(options.HasKafka() && options.HasMySql() && options.HasMongoDb());

    /// <summary>How people call it.</summary>
    public static string Name(WorkersOptions options) =>
        !options.HasKafka() && !options.HasMongoDb() ? "embedded" : $"{options.Log.Kind}, {options.Store.Kind}, {options.Audit.Kind}";

    public static IEnumerable<ValidationResult> Validate(WorkersOptions options)
    {
        if (!options.HasKafka() && options.HasMySql())
        {
            yield return new("Workers:Store is mysql while Workers:Log is sqlite: records and state would be in two places without one transaction; take kafka too, or sqlite for both");
        }

        if (options.HasMySql() && options.MySql.ConnectionString.Length == 0)
        {
            yield return new("Workers:Store is mysql: Workers:MySql:ConnectionString must name its database");
        }

        if (options.HasRedis() && RedisAddress.Wrong(options.Redis.ConnectionString) is { } wrong)
        {
            yield return new($"Workers:Cache is redis: Workers:Redis:ConnectionString {wrong}");
        }

        if (options.HasMongoDb() && options.MongoDb.ConnectionString.Length == 0)
        {
            yield return new("Workers:Audit is mongodb: Workers:MongoDb:ConnectionString must name its server");
        }
    }
}
