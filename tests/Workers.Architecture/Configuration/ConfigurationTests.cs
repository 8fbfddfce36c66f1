using NUnit.Framework;
using Shouldly;
using Workers.Host.Configuration;

namespace Workers.Architecture.Configuration;

[Parallelizable(ParallelScope.All)]
public sealed class ConfigurationTests
{
    [Test]
    public void Without_anything_given_every_key_has_its_default()
    {
        var settings = Read([]);

        settings.Urls.ShouldBe(ConfigurationReader.DefaultUrls);
        settings.Options.Log.Partitions.ShouldBe(4);
        settings.Options.Log.MaxBytes.ShouldBe(10L << 30);
        settings.Options.Outcomes.Retention.ShouldBe(TimeSpan.FromDays(30));
        settings.Options.Pump.RetryDelays.Count.ShouldBe(5);
        settings.Options.Gateways.Keys.ShouldBe(["paypal", "razorpay", "simulated", "stripe"]);
        settings.Rows().ShouldAllBe(r => r.Source == "default");
        settings.Warnings.ShouldBeEmpty();
    }

    [TestCase("1500ms", 1.5)]
    [TestCase("5s", 5)]
    [TestCase("30 s", 30)]
    [TestCase("10m", 600)]
    [TestCase("0.5h", 1800)]
    [TestCase("00:00:07", 7)]
    [TestCase("12", 12)]
    public void Durations_are_read_with_their_units(string text, double seconds) =>
        Read([("Workers__Api__IdleTimeout", text)]).Options.Api.IdleTimeout.TotalSeconds.ShouldBe(seconds);

    [Test]
    public void Sizes_lists_numbers_and_section_values_are_read()
    {
        var options = Read(
            [
                ("Workers__Log", "sqlite"), ("WORKERS__LOG__MAXBYTES", "512MiB"), ("Workers__Domain__Currencies", "USD, CHF"),
                ("Workers__Pump__RetryDelays", "1s,2m"), ("Workers__Refunds__ApprovalThreshold", "99.50"),
                ("Workers__Domain__Users__UniqueEmail", "true"),
            ]).Options;

        options.Log.MaxBytes.ShouldBe(512L << 20);
        options.Domain.Currencies.ShouldBe(["USD", "CHF"]);
        options.Pump.RetryDelays.ShouldBe([TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(2)]);
        options.Refunds.ApprovalThreshold.ShouldBe(99.50m);
        options.Domain.Users.UniqueEmail.ShouldBeTrue();
    }

    [Test]
    public void A_gateway_is_made_by_naming_it()
    {
        var gateways = Read([("Workers__Gateways__acme__Url", "https://pay.example/v1")]).Options.Gateways;

        gateways["acme"].IsHttp.ShouldBeTrue();
        gateways["simulated"].IsHttp.ShouldBeFalse();
    }

    [Test]
    public void An_unknown_key_stops_the_start_with_its_name_and_the_nearest_known_one() =>
        Errors([("Workers__Log__Partitons", "4")])
            .ShouldBe(["Workers__Log__Partitons is unknown: there is no Workers:Log:Partitons; did you mean Workers:Log:Partitions?"]);

    [TestCase("Workers__Log__Partitions", "0", "Workers:Log:Partitions is '0': it must be from 1 to 64")]
    [TestCase("Workers__Log__Partitions", "many", "Workers:Log:Partitions is 'many': it must be a whole number")]
    [TestCase("Workers__Log", "rabbit", "Workers:Log is 'rabbit': it must be one of: sqlite, kafka")]
    [TestCase("Workers__Log__MaxBytes", "1KiB", "Workers:Log:MaxBytes is '1KiB': it must be from 16MiB to 1048576GiB")]
    [TestCase("Workers__Log__MaxBytes", "99999999999999GiB", "Workers:Log:MaxBytes is '99999999999999GiB': it is too large")]
    [TestCase("Workers__Api__Wait", "soon", "Workers:Api:Wait is 'soon': it must be a duration such as 500ms, 30s, 10m, 2h or 7d")]
    [TestCase("Workers__Api__Wait", "26s", "Workers:Api:Wait must be at most Workers:Api:WriteTimeout − 5 s, so that the answer still fits")]
    [TestCase("Workers__Roles", "api,cook", "Workers:Roles names 'cook'; there are: api, scheduler, commands, sagas, effects, projections, audit, metrics, feeds, or all")]
    [TestCase("Workers__Data", "", "Workers:Data is '': it must not be empty")]
    [TestCase("Workers__Notifications__Kind", "webhook", "Workers:Notifications:Url must be an http or https address, not ''")]
    public void A_value_that_breaks_its_rule_is_named_with_the_rule(string name, string value, string error) =>
        Errors([(name, value)]).ShouldBe([error]);

    [Test]
    public void All_errors_are_told_at_once() =>
        Errors([("Workers__Log__Partitions", "0"), ("Workers__Nonsense", "1"), ("PORT", "http")]).Count.ShouldBe(3);

    [Test]
    public void A_secret_is_masked()
    {
        var settings = Read([("Workers__Notifications__Secret", "whsec_1")]);

        settings.Rows().Single(r => r.Key == "Workers:Notifications:Secret").Value.ShouldBe("***");
    }

    [TestCase("8081", "http://127.0.0.1:8081;http://[::1]:8081")]
    [TestCase(":8081", "http://127.0.0.1:8081;http://[::1]:8081")]
    [TestCase("0", "http://127.0.0.1:0")]
    public void A_port_is_an_address_on_this_machine(string port, string urls) => Read([("PORT", port)]).Urls.ShouldBe(urls);

    [Test]
    public void The_command_line_wins_over_the_environment_over_its_aliases_over_the_file()
    {
        using var file = new TemporaryFile("server:\n  port: \":8081\"\n  read_timeout: 20s\n  idle_timeout: 600\n");
        var port = ("PORT", "8082");
        var urls = ("ASPNETCORE_URLS", "http://*:8083");
        var line = new Setting("http://*:8084", "--urls");

        Read([], file.Path).Urls.ShouldContain(":8081");
        Read([port], file.Path).Urls.ShouldContain(":8082");
        Read([port, urls], file.Path).Urls.ShouldBe("http://*:8083");
        Read([port, urls], file.Path, ("Urls", line)).Urls.ShouldBe("http://*:8084");
        Read([], file.Path).Options.Api.ReadTimeout.ShouldBe(TimeSpan.FromSeconds(20));
        Read([], file.Path).Options.Api.IdleTimeout.ShouldBe(TimeSpan.FromMinutes(10));
        Read([], file.Path).Rows().Single(r => r.Key == "Workers:Api:IdleTimeout").Source.ShouldBe($"{file.Path} server.idle_timeout");
    }

    [Test]
    public void What_the_file_says_beyond_this_version_is_warned_of_by_name()
    {
        using var file = new TemporaryFile("database:\n  mongodb:\n    min_pool_size: 10\nsevrer:\n  port: 1\n");

        Read([], file.Path).Warnings.ShouldBe([$"{file.Path}: database.mongodb.min_pool_size is not used by this version", $"{file.Path}: sevrer.port is unknown"]);
    }

    [Test]
    public void The_names_of_buses_and_circuit_breakers_in_the_file_are_understood()
    {
        using var file = new TemporaryFile("""
            command_bus: { initial_capacity: 16, enable_metrics: false, timeout: 5s }
            query_bus: { initial_capacity: 32, cache_ttl: 1m, max_retries: 7 }
            circuit_breaker: { failure_threshold: 4, timeout: 9s }
            """);

        var read = Read([], file.Path);

        read.Warnings.ShouldBeEmpty();
        var (command, query, breaker) = (read.Options.Bus.Command, read.Options.Bus.Query, read.Options.Bus.CircuitBreaker);
        (command.InitialCapacity, command.EnableMetrics, command.Timeout).ShouldBe((16, false, TimeSpan.FromSeconds(5)));
        (query.InitialCapacity, query.CacheTtl, query.MaxRetries).ShouldBe((32, TimeSpan.FromMinutes(1), 7));
        (breaker.FailureThreshold, breaker.Timeout).ShouldBe((4, TimeSpan.FromSeconds(9)));
        Errors([("Workers__Bus__CircuitBreaker__FailureThreshold", "0")]).Single().ShouldContain("must be from 1 to 1000000");
    }

    [Test]
    public void The_printed_section_of_the_CQRS_service_is_understood_and_changes_nothing()
    {
        using var file = new TemporaryFile("""
            cqrs:
              name: "CQRS Service"
              version: "1.0.0"
              description: "CQRS service for handling commands, queries, and events"
              max_commands: 1000
              max_queries: 1000
              max_events: 10000
              max_read_models: 10000
              cleanup_interval: "1h"
              validation_enabled: true
              caching_enabled: true
              monitoring_enabled: true
              auditing_enabled: true
              supported_command_types:
                - "CreateUser"
                - "UpdateUser"
                - "DeleteUser"
                - "CreateOrder"
                - "UpdateOrder"
                - "CancelOrder"
                - "ProcessPayment"
                - "RefundPayment"
              supported_query_types:
                - "GetUser"
                - "ListUsers"
                - "GetOrder"
                - "ListOrders"
                - "GetPayment"
                - "ListPayments"
                - "GetUserOrders"
                - "GetOrderPayments"
              supported_event_types:
                - "UserCreated"
                - "UserUpdated"
                - "UserDeleted"
                - "OrderCreated"
                - "OrderUpdated"
                - "OrderCancelled"
                - "PaymentProcessed"
                - "PaymentRefunded"
              supported_read_model_types:
                - "UserReadModel"
                - "OrderReadModel"
                - "PaymentReadModel"
                - "UserOrderReadModel"
                - "OrderPaymentReadModel"
              validation_rules:
                user:
                  name:
                    required: true
                    min_length: 2
                    max_length: 100
                  email:
                    required: true
                    format: "email"
                  age:
                    required: true
                    min: 18
                    max: 120
                order:
                  user_id:
                    required: true
                    format: "uuid"
                  amount:
                    required: true
                    min: 0.01
                  currency:
                    required: true
                    enum: ["USD", "EUR", "GBP", "INR"]
                payment:
                  order_id:
                    required: true
                    format: "uuid"
                  amount:
                    required: true
                    min: 0.01
                  currency:
                    required: true
                    enum: ["USD", "EUR", "GBP", "INR"]
                  method:
                    required: true
                    enum: ["credit_card", "debit_card", "net_banking", "upi", "wallet"]
              metadata:
                environment: "development"
                region: "us-east-1"
                team: "backend"
                project: "cqrs-service"
            """);

        var read = Read([], file.Path);

        read.Warnings.ShouldBeEmpty();
        var (given, usual) = (Section(read), Section(Read([])));
        given.Keys.ShouldBe(usual.Keys);
        given.Where(pair => pair.Value != usual[pair.Key]).Select(pair => pair.Key).ShouldBe(
        [
            "Workers:Cqrs:SupportedReadModelTypes", "Workers:Cqrs:ValidationRules:User:age", "Workers:Cqrs:ValidationRules:User:email", "Workers:Cqrs:ValidationRules:User:name",
            "Workers:Cqrs:ValidationRules:Order:amount", "Workers:Cqrs:ValidationRules:Order:currency", "Workers:Cqrs:ValidationRules:Order:user_id",
            "Workers:Cqrs:ValidationRules:Payment:amount", "Workers:Cqrs:ValidationRules:Payment:currency", "Workers:Cqrs:ValidationRules:Payment:method",
            "Workers:Cqrs:ValidationRules:Payment:order_id",
        ]);
        given["Workers:Cqrs:ValidationRules:User:name"].ShouldBe("required: true; min_length: 2; max_length: 100");
        given["Workers:Cqrs:ValidationRules:Order:currency"].ShouldBe("required: true; enum: USD|EUR|GBP|INR");
    }

    [Test]
    public void A_rule_of_the_CQRS_service_is_set_added_and_checked()
    {
        var rules = Read([("Workers__Cqrs__ValidationRules__User__phone", "required"), ("Workers__Cqrs__ValidationRules__User__AGE", "")]).Options.Cqrs.ValidationRules;

        (rules.User["phone"].Text, rules.User["age"].Text, rules.User["name"].Text).ShouldBe(("required", "", "required; min_length: 2; max_length: 100"));
        Errors([("Workers__Cqrs__ValidationRules__User__phone", "min_length: x")]).ShouldBe(
            ["Workers:Cqrs:ValidationRules:User:phone must have a whole number as its min_length"]);
        Errors([("Workers__Cqrs__SupportedCommandTypes", "CreateUser,Nothing")]).Single().ShouldContain("names 'Nothing'");
        Errors([("Workers__Cqrs__MaxQueries", "0")]).Single().ShouldContain("must be from 1 to 1000000");
        Errors([("Workers__Cqrs__ValidationRules__Users__name", "required")]).Single().ShouldContain("is unknown");
        using var file = new TemporaryFile("cqrs:\n  nonsense: 1\n  validation_rules:\n    user: 1\n");
        Read([], file.Path).Warnings.ShouldBe(
            [$"{file.Path}: cqrs.validation_rules.user is unknown", $"{file.Path}: cqrs.nonsense is unknown"], ignoreOrder: true);
    }

    private static Dictionary<string, string> Section(Settings settings) =>
        settings.Rows().Where(row => row.Key.StartsWith("Workers:Cqrs:", StringComparison.Ordinal)).ToDictionary(row => row.Key, row => row.Value);

    [Test]
    public void A_file_that_is_no_yaml_is_an_error_with_its_line()
    {
        using var file = new TemporaryFile("server: [\n");

        Should.Throw<ConfigurationException>(() => Read([], file.Path)).Message.ShouldContain("line ");
    }

    [Test]
    public void Postgres_is_refused_naming_what_there_is() =>
        Errors([("DATABASE_URL", "postgres://localhost/x")])
            .ShouldBe(["DATABASE_URL asks for PostgreSQL, which is not supported; use sqlite: or mysql://"]);

    [Test]
    public void A_database_url_for_another_program_does_not_matter_where_the_store_is_named()
    {
        Read([("DATABASE_URL", "postgres://localhost/x"), ("Workers__Store", "sqlite")]).Options.Store.Kind.ShouldBe("sqlite");
        Read([("DATABASE_URL", "sqlite:./x.db")]).Options.Store.Kind.ShouldBe("sqlite");
        Errors([("DATABASE_URL", "mysql://h/x")]).ShouldHaveSingleItem().ShouldStartWith("Workers:Store is mysql while Workers:Log is sqlite");
    }

    [Test]
    public void A_connection_that_is_named_chooses_what_it_is_for()
    {
        var settings = Read([("KAFKA_BROKERS", "a:1,b:2"), ("DATABASE_URL", "mysql://ada:p%40ss@db:3307/orders"), ("MONGODB_URI", "mongodb://m")]);

        (settings.Options.Log.Kind, settings.Options.Store.Kind, settings.Options.Audit.Kind).ShouldBe(("kafka", "mysql", "mongodb"));
        settings.Options.Kafka.BootstrapServers.ShouldBe("a:1,b:2");
        settings.Options.MySql.ConnectionString.ShouldBe("server=db;port=3307;user id=ada;password=p@ss;database=orders", StringCompareShould.IgnoreCase);
        settings.Rows().Where(r => r.Value.Contains("p@ss", StringComparison.Ordinal)).ShouldBeEmpty();
        Read([("KAFKA_BROKERS", "a:1"), ("Workers__Log", "sqlite")]).Options.Log.Kind.ShouldBe("sqlite");
    }

    [Test]
    public void The_parts_of_a_connection_to_MySQL_are_put_together()
    {
        using var file = new TemporaryFile("database:\n  mysql:\n    host: db\n    port: 3306\n    username: u\n    password: secret\n    database: d\nkafka:\n  brokers: [\"a:1\", \"b:2\"]\n");

        var fromFile = Read([], file.Path);
        fromFile.Options.MySql.ConnectionString.ShouldBe("server=db;port=3306;user id=u;password=secret;database=d", StringCompareShould.IgnoreCase);
        (fromFile.Options.Kafka.BootstrapServers, fromFile.Options.Store.Kind, fromFile.Warnings.Count).ShouldBe(("a:1,b:2", "mysql", 0));
        Read([("DB_HOST", "other"), ("DB_USER", "v")], file.Path).Options.MySql.ConnectionString.ShouldBe("server=other;user id=v", StringCompareShould.IgnoreCase);
    }

    [Test]
    public void The_parts_of_an_address_of_Redis_are_put_together()
    {
        using var file = new TemporaryFile("redis:\n  host: cache\n  port: 6380\n  password: p,@ss\n  db: 2\ncache:\n  ttl: 5m\n");

        var fromFile = Read([], file.Path);
        (fromFile.Options.Redis.ConnectionString, fromFile.Options.Cache.Kind, fromFile.Warnings.Count).ShouldBe(("redis://:p%2C%40ss@cache:6380/2", "redis", 0));
        fromFile.Options.Cache.Ttl.ShouldBe(TimeSpan.FromMinutes(5));
        fromFile.Rows().Where(r => r.Value.Contains("ss@", StringComparison.Ordinal)).ShouldBeEmpty();
        Read([("REDIS_HOST", "other")], file.Path).Options.Redis.ConnectionString.ShouldBe("redis://:@other:6379/0");
        Read([("REDIS_ADDR", "other:1")]).Options.Redis.ConnectionString.ShouldBe("redis://:@other:1/0");
        Read([("REDIS_URL", "rediss://r"), ("Workers__Cache", "memory")]).Options.Cache.Kind.ShouldBe("memory");
    }

    [Test]
    public void A_port_that_Kubernetes_names_after_a_service_is_none()
    {
        var redis = Read([("REDIS_HOST", "redis"), ("REDIS_PORT", "tcp://10.0.0.11:6379")]);
        redis.Options.Redis.ConnectionString.ShouldBe("redis://:@redis:6379/0");
        redis.Warnings.ShouldBe(["REDIS_PORT is no port but 'tcp://10.0.0.11:6379': the usual one is used"]);

        var mySql = Read([("KAFKA_BROKERS", "a:1"), ("DB_HOST", "db"), ("DB_NAME", "d"), ("DB_PORT", "tcp://10.0.0.12:3306")]);
        mySql.Options.MySql.ConnectionString.ShouldBe("server=db;database=d", StringCompareShould.IgnoreCase);
        mySql.Warnings.ShouldHaveSingleItem().ShouldContain("DB_PORT");

        Read([("REDIS_ADDR", "redis:1"), ("REDIS_PORT", "tcp://10.0.0.11:6379")]).Warnings.ShouldBeEmpty();
        Read([("REDIS_PORT", "tcp://10.0.0.11:6379"), ("DB_PORT", "tcp://10.0.0.12:3306")]).Warnings.ShouldBeEmpty();
    }

    [TestCase("redis://app:secret@r", "user")]
    [TestCase("redis://app@r:6379/0", "user")]
    [TestCase("rediss://:secret@r?timeout=5", "query")]
    [TestCase("redis://:secret@r/x", "is no address")]
    public void An_address_of_Redis_with_what_would_be_left_out_is_refused(string address, string what)
    {
        var error = Errors([("REDIS_URL", address)]).ShouldHaveSingleItem();
        error.ShouldContain(what);
        error.ShouldNotContain("secret");
    }

    [TestCase("redis://default:secret@r")]
    [TestCase("redis://:secret@r:1/2")]
    [TestCase("redis://r")]
    [TestCase("r:1,password=secret")]
    public void An_address_of_Redis_may_have_a_password(string address) => Read([("REDIS_URL", address)]).Options.Cache.Kind.ShouldBe("redis");

    [Test]
    public void What_a_choice_needs_is_asked_for()
    {
        Errors([("Workers__Cache", "redis")]).ShouldBe(["Workers:Cache is redis: Workers:Redis:ConnectionString names no server"]);
        Errors([("REDIS_URL", "http://:secret@r")]).ShouldHaveSingleItem().ShouldNotContain("secret");

        Errors([("KAFKA_BROKERS", "a:1"), ("Workers__Store", "mysql")]).ShouldHaveSingleItem().ShouldContain("Workers:MySql:ConnectionString");
        Errors([("Workers__Audit", "mongodb")]).ShouldHaveSingleItem().ShouldContain("Workers:MongoDb:ConnectionString");
        Errors([("KAFKA_BROKERS", "a:1"), ("Workers__Kafka__SecurityProtocol", "sasl_ssl")]).ShouldHaveSingleItem().ShouldContain("SaslUsername");
    }

    [Test]
    public void Containers_log_to_the_console_alone_unless_told_otherwise()
    {
        Read([("DOTNET_RUNNING_IN_CONTAINER", "true")]).Options.Logging.File.ShouldBe("");
        Read([("DOTNET_RUNNING_IN_CONTAINER", "true"), ("Workers__Logging__File", "/var/log/w")]).Options.Logging.File.ShouldBe("/var/log/w");
    }

    [TestCase("info", "info")]
    [TestCase("warning", "warn")]
    [TestCase("hyper=warn,debug", "debug")]
    [TestCase("hyper=warn", "info")]
    public void The_level_of_a_filter_is_its_part_without_a_target(string filter, string level) =>
        Read([("RUST_LOG", filter)]).Options.Logging.Level.ShouldBe(level);

    private static IReadOnlyList<string> Errors((string, string)[] environment) =>
        Should.Throw<ConfigurationException>(() => Read(environment)).Errors;

    private static Settings Read((string Name, string Value)[] environment, string yaml = "absent.yaml", params (string Key, Setting Setting)[] commandLine) =>
        ConfigurationReader.Read(commandLine.ToDictionary(c => c.Key, c => c.Setting), environment.ToDictionary(e => e.Name, e => e.Value), yaml);

    private sealed class TemporaryFile : IDisposable
    {
        public TemporaryFile(string text) => File.WriteAllText(Path, text);

        public string Path { get; } = System.IO.Path.GetTempFileName();

        public void Dispose() => File.Delete(Path);
    }
}
