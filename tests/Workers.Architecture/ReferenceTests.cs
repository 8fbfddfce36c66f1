using System.Xml.Linq;
using NUnit.Framework;
using Shouldly;

namespace Workers.Architecture;

/// <summary>Which project may know which, and which keeps which package in. A new project or reference is a line here, with a reason in review.</summary>
[Parallelizable(ParallelScope.All)]
public sealed class ReferenceTests
{
    private const string Tests = "NUnit, NUnit3TestAdapter, NUnit.Analyzers, Microsoft.NET.Test.Sdk, Shouldly";

    private static readonly Dictionary<string, (string Projects, string Packages)> Allowed = new()
    {
        ["Workers.Contracts"] = ("", ""),
        ["Workers.Bus"] = ("", ""),
        ["Workers.Examples"] = ("Workers.Bus", ""),
        ["Workers.Domain"] = ("Workers.Contracts", ""),
        ["Workers.Engine"] = ("Workers.Contracts", "MassTransit"),
        ["Workers.Handlers"] = ("Workers.Contracts, Workers.Domain, Workers.Engine, Workers.Bus", "Polly.Core"),
        ["Workers.Api"] = ("Workers.Contracts, Workers.Domain, Workers.Engine, Workers.Bus", ""),

        // Its pages ask the HTTP API of the same process, through its own pipeline: it knows nothing of Workers.Api but what every caller knows.
        ["Workers.Console"] = ("Workers.Contracts, Workers.Engine", ""),
        ["Workers.Sqlite"] = ("Workers.Contracts, Workers.Engine", "SQLitePCLRaw.bundle_e_sqlite3, Microsoft.Data.Sqlite.Core"),
        ["Workers.Scheduler"] = ("Workers.Contracts, Workers.Domain, Workers.Engine", "Quartz"),
        ["Workers.MongoDb"] = ("Workers.Engine", ""),
        ["Workers.Redis"] = ("Workers.Engine", "StackExchange.Redis"),
        ["Workers.MySql"] = ("Workers.Contracts, Workers.Engine", "MySqlConnector"),
        ["Workers.Kafka"] = ("Workers.Contracts, Workers.Engine", "Confluent.Kafka"),
        ["Workers.Telemetry"] = ("Workers.Engine", "OpenTelemetry, OpenTelemetry.Exporter.OpenTelemetryProtocol"),
        ["Workers.Host"] = (
            "Workers.Contracts, Workers.Bus, Workers.Domain, Workers.Engine, Workers.Handlers, Workers.Api, Workers.Console, Workers.Sqlite, Workers.Kafka, "
                + "Workers.MongoDb, Workers.MySql, Workers.Redis, Workers.Telemetry, Workers.Scheduler",
            "System.CommandLine, YamlDotNet"),
        ["Workers.Tests"] = (
            "Workers.Contracts, Workers.Bus, Workers.Domain, Workers.Engine, Workers.Handlers, Workers.Api, Workers.Sqlite, Workers.Telemetry, "
                + "Workers.Examples, Workers.Scheduler",
            $"{Tests}, FsCheck.NUnit, FSharp.Core, coverlet.collector"),
        ["Workers.Conformance"] = ("Workers.Contracts, Workers.Engine, Workers.Sqlite, Workers.Kafka, Workers.MongoDb, Workers.MySql, Workers.Redis", Tests),
        ["Workers.EndToEnd"] = ("Workers.Host", $"{Tests}, Microsoft.Data.Sqlite.Core, Microsoft.OpenApi"),
        ["Workers.Architecture"] = ("Workers.Host", Tests),
        ["Workers.Benchmarks"] = ("Workers.Host", "BenchmarkDotNet, Microsoft.Data.Sqlite.Core, SQLitePCLRaw.bundle_e_sqlite3"),
    };

    private static readonly string[] Projects = [.. Repository.Files("src", "*.csproj"), .. Repository.Files("tests", "*.csproj"), .. Repository.Files("docs", "*.csproj")];

    [TestCaseSource(nameof(Projects))]
    public void A_project_references_what_the_table_allows(string path)
    {
        Allowed.TryGetValue(NameOf(path), out var allowed).ShouldBeTrue($"{path} is not in the table");

        References(path, "ProjectReference").Select(NameOf).Except(Split(allowed.Projects)).ShouldBeEmpty();
        References(path, "PackageReference").Except(Split(allowed.Packages)).ShouldBeEmpty();
    }

    [Test]
    public void The_table_names_projects_that_exist() => Allowed.Keys.ShouldBe(Projects.Select(NameOf), ignoreOrder: true);

    /// <summary>What a project gets through another one it may not use either: MassTransit is the engine's, and of its handlers.</summary>
    [TestCase("MassTransit", "Workers.Engine, Workers.Handlers")]
    [TestCase("SQLitePCLRaw", "Workers.Sqlite")]
    [TestCase("MySqlConnector", "Workers.MySql")]
    [TestCase("Confluent", "Workers.Kafka")]
    [TestCase("StackExchange", "Workers.Redis")]
    [TestCase("Polly", "Workers.Handlers")]
    [TestCase("Quartz", "Workers.Scheduler")]
    [TestCase("Microsoft.Data.Sqlite", "Workers.Sqlite")]
    [TestCase("YamlDotNet", "Workers.Host")]
    [TestCase("System.CommandLine", "Workers.Host")]
    [TestCase("OpenTelemetry", "Workers.Telemetry")]
    [TestCase("Microsoft.AspNetCore", "Workers.Api, Workers.Console, Workers.Host, Workers.Telemetry")]
    [TestCase("Workers.Handlers", "Workers.Host")]
    [TestCase("Workers.Sqlite", "Workers.Host")]
    [TestCase("Workers.MongoDb", "Workers.Host")]
    [TestCase("Workers.MySql", "Workers.Host")]
    [TestCase("Workers.Kafka", "Workers.Host")]
    [TestCase("Workers.Redis", "Workers.Host")]
    [TestCase("Workers.Scheduler", "Workers.Host")]
    [TestCase("Workers.Console", "Workers.Host")]
    public void A_dependency_is_used_only_where_it_is_kept(string prefix, string users) =>
        Product.Assemblies
            .Where(a => a.GetReferencedAssemblies().Any(r => r.Name!.StartsWith(prefix, StringComparison.Ordinal)))
            .Select(a => a.GetName().Name!)
            .Except(Split(users))
            .ShouldBeEmpty();

    [TestCase("Workers.Contracts")]
    [TestCase("Workers.Bus")]
    public void A_library_for_others_needs_the_framework_alone(string project) =>
        Product.Assembly(project).GetReferencedAssemblies()
            .Select(r => r.Name!)
            .Where(n => !n.StartsWith("System.", StringComparison.Ordinal) && n is not ("netstandard" or "mscorlib"))
            .ShouldBeEmpty();

    [Test]
    public void Every_project_is_in_the_solution_and_has_a_lock_file()
    {
        var solution = Repository.Text("Workers.sln").Replace('\\', '/');

        Projects.Where(p => !solution.Contains($"\"{p}\"", StringComparison.Ordinal)).ShouldBeEmpty();
        Projects.Where(p => !File.Exists(Path.Combine(Repository.Root, Path.GetDirectoryName(p)!, "packages.lock.json"))).ShouldBeEmpty();
    }

    [Test]
    public void Every_package_is_in_the_page_on_dependencies()
    {
        var page = Repository.Text("docs/dependencies.md");
        var packages = XDocument.Parse(Repository.Text("Directory.Packages.props")).Descendants("PackageVersion");

        packages.Select(p => (Name: p.Attribute("Include")!.Value, Version: p.Attribute("Version")!.Value))
            .Where(p => !page.Contains($"{p.Name} {p.Version}", StringComparison.Ordinal))
            .ShouldBeEmpty();
    }

    private static IEnumerable<string> References(string path, string kind) =>
        XDocument.Parse(Repository.Text(path)).Descendants(kind).Select(r => r.Attribute("Include")!.Value);

    private static string NameOf(string path) => Path.GetFileNameWithoutExtension(path);

    private static string[] Split(string names) => names.Split(", ", StringSplitOptions.RemoveEmptyEntries);
}
