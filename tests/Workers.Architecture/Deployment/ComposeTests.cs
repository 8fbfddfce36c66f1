using System.Text.RegularExpressions;
using NUnit.Framework;
using Shouldly;
using Workers.Host.Configuration;

namespace Workers.Architecture.Deployment;

/// <summary>The Compose file against the program that it runs.</summary>
public sealed partial class ComposeTests
{
    private static IEnumerable<string> WorkerNames => ComposeFile.Workers.Select(w => w.Key);

    [Test]
    public void Every_role_is_a_service_of_its_own() =>
        ComposeFile.Workers.Select(w => Settings(w.Value).Options.Roles.ShouldHaveSingleItem()).ShouldBe(RoleNames.All, ignoreOrder: true);

    [TestCaseSource(nameof(WorkerNames))]
    public void A_workers_environment_is_a_configuration_of_the_cluster(string name)
    {
        var options = Settings(Service(name)).Options;

        (options.Log.Kind, options.Store.Kind, options.Audit.Kind).ShouldBe(("kafka", "mysql", "mongodb"));
        options.HasRedis().ShouldBe(name is "api" or "commands", "who writes states without telling the cache makes others read what was before");
        options.HasSqlite().ShouldBeFalse("containers share no directory");
        options.Roles.ShouldBe([name]);
    }

    [TestCaseSource(nameof(WorkerNames))]
    public void A_worker_waits_for_what_it_needs_and_may_write_only_its_data(string name)
    {
        var service = Service(name);

        ComposeFile.Map(service["depends_on"]).Values.ShouldAllBe(on => (string)ComposeFile.Map(on)["condition"]! == "service_healthy");
        ComposeFile.Map(service["depends_on"]).Keys.ShouldBe(["kafka", "mysql", "mongodb"], ignoreOrder: true);
        service["read_only"].ShouldBe("true");
        ComposeFile.Strings(service["volumes"]).ShouldHaveSingleItem().Split(':')[^1].ShouldBe(Settings(service).Options.Data);
    }

    [Test]
    public void Redis_keeps_nothing_on_disk_and_makes_room_when_it_is_full()
    {
        var redis = Service("redis");
        var command = ComposeFile.Strings(redis["command"]).ToList();

        redis.ShouldNotContainKey("volumes");
        command[command.IndexOf("--save") + 1].ShouldBe("");
        command[command.IndexOf("--maxmemory-policy") + 1].ShouldBe("allkeys-lru");
        command.ShouldNotContain("--appendonly");
    }

    [Test]
    public void Of_the_workers_only_the_door_is_published_and_everything_on_this_machine_alone()
    {
        ComposeFile.Workers.Where(s => s.Value.ContainsKey("ports")).Select(s => s.Key).ShouldBe(["api"]);
        ComposeFile.Services.Where(s => s.Value.ContainsKey("ports")).SelectMany(s => ComposeFile.Strings(s.Value["ports"])).ShouldAllBe(p => p.StartsWith("127.0.0.1:"));
        ComposeFile.Strings(Service("api")["ports"]).ShouldHaveSingleItem().ShouldStartWith("127.0.0.1:8080:");
        Settings(Service("api")).Urls.ShouldEndWith(":8080");
    }

    [Test]
    public void Images_are_pinned_and_servers_say_when_they_are_well()
    {
        foreach (var (name, service) in ComposeFile.Services.Where(s => !s.Value.ContainsKey("build")))
        {
            ((string)service["image"]!).ShouldMatch(@":v?\d+\.\d+\.\d+$", name);
            ComposeFile.Map(service["healthcheck"]).ShouldContainKey("test", name);
        }
    }

    [Test]
    public void Every_named_volume_and_network_is_declared()
    {
        var declared = ComposeFile.Map(ComposeFile.Root["volumes"]).Keys.Cast<string>().ToList();

        Mounts().Where(v => !v.StartsWith('/') && !v.StartsWith('.')).Select(v => v.Split(':')[0]).ShouldBe(declared, ignoreOrder: true);
        ComposeFile.Services.SelectMany(s => ComposeFile.Strings(s.Value["networks"])).Distinct().ShouldBe(ComposeFile.Map(ComposeFile.Root["networks"]).Keys.Cast<string>());
    }

    [Test]
    public void What_is_mounted_from_the_repository_is_there_and_cannot_be_written()
    {
        var mounts = Mounts().Where(v => v.StartsWith('.')).Select(v => v.Split(':')).ToList();

        mounts.ShouldNotBeEmpty();
        foreach (var mount in mounts)
        {
            Path.Exists(Path.Combine(Repository.Root, mount[0])).ShouldBeTrue(mount[0]);
            mount[^1].ShouldBe("ro", mount[0]);
        }
    }

    [Test]
    public void What_the_file_takes_from_its_surroundings_has_a_default_and_is_named_at_its_top()
    {
        var text = Repository.Text("docker-compose.yml");
        var top = string.Join('\n', text.Split('\n').TakeWhile(line => line.StartsWith('#')));
        var names = Variable().Matches(text).Select(v => v.Groups["name"].Value).Distinct().ToList();

        names.ShouldNotBeEmpty();
        names.ShouldAllBe(name => top.Contains(name));
        Regex.Count(text, @"(?<!\$)\$\{").ShouldBe(Variable().Count(text));
    }

    [Test]
    public void Prometheus_scrapes_every_role_and_Grafana_asks_Prometheus()
    {
        var job = (Dictionary<object, object?>)((List<object>)ComposeFile.Yaml("ops/prometheus/prometheus.yml")["scrape_configs"]!).ShouldHaveSingleItem();
        var found = (Dictionary<object, object?>)((List<object>)job["dns_sd_configs"]!).ShouldHaveSingleItem();
        var source = (Dictionary<object, object?>)((List<object>)ComposeFile.Yaml("ops/grafana/provisioning/datasources/prometheus.yaml")["datasources"]!).ShouldHaveSingleItem();

        ComposeFile.Strings(found["names"]).ShouldBe(RoleNames.All, ignoreOrder: true);
        Settings(Service("api")).Urls.ShouldEndWith($":{found["port"]}");
        source["url"].ShouldBe("http://prometheus:9090");
        ComposeFile.Strings(Service("prometheus")["command"]).ShouldContain("--config.file=/etc/prometheus/prometheus.yml");
        ComposeFile.Strings(Service("prometheus")["ports"]).ShouldHaveSingleItem().ShouldEndWith(":9090");
    }

    [Test]
    public void What_the_collector_listens_at_is_published()
    {
        var receivers = ComposeFile.Map(ComposeFile.Yaml("ops/otelcol/config.yaml")["receivers"]);
        var protocols = ComposeFile.Map(ComposeFile.Map(receivers["otlp"])["protocols"]);
        var ports = protocols.Values.Select(p => ((string)ComposeFile.Map(p)["endpoint"]!).Split(':')[^1]);

        ComposeFile.Strings(Service("otelcol")["ports"]).Select(p => p.Split(':')[^1]).ShouldBe(ports, ignoreOrder: true);
    }

    [Test]
    public void What_the_image_is_built_from_is_there()
    {
        var build = ComposeFile.Map(Service("api")["build"]);
        var file = Repository.Text((string)build["dockerfile"]!);

        foreach (Match copy in Copied().Matches(file))
        {
            foreach (var path in copy.Groups["what"].Value.Split(' ').SkipLast(1))
            {
                Path.Exists(Path.Combine(Repository.Root, path)).ShouldBeTrue(path);
            }
        }

        file.ShouldContain($"sdk:{SdkVersion()}");
        file.ShouldContain("USER app");
        file.ShouldContain("Workers__Data=/data");
    }

    private static IEnumerable<string> Mounts() =>
        ComposeFile.Services.Where(s => s.Value.ContainsKey("volumes")).SelectMany(s => ComposeFile.Strings(s.Value["volumes"]));

    private static string SdkVersion() => SdkPattern().Match(Repository.Text("global.json")).Groups["version"].Value;

    private static Dictionary<object, object?> Service(string name) => ComposeFile.Services.Single(s => s.Key == name).Value;

    private static Settings Settings(Dictionary<object, object?> service) =>
        ConfigurationReader.Read(new Dictionary<string, Setting>(), ComposeFile.Environment(service), "no-such-file.yaml");

    [GeneratedRegex("^COPY (?!--from)(?<what>.+)$", RegexOptions.Multiline)]
    private static partial Regex Copied();

    [GeneratedRegex(@"(?<!\$)\$\{(?<name>\w+):-[^}]+\}")]
    private static partial Regex Variable();

    [GeneratedRegex("\"version\": *\"(?<version>[^\"]+)\"")]
    private static partial Regex SdkPattern();
}
