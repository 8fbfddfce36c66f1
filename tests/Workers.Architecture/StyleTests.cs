using System.Text.RegularExpressions;
using NUnit.Framework;
using Shouldly;

namespace Workers.Architecture;

[Parallelizable(ParallelScope.All)]
public sealed partial class StyleTests
{
    private const int Longest = 400;
    private const int Long = 250;

    /// <summary>
    /// Interfaces with fewer than two implementations in the product that are right all the same: ports, which an adapter of another shape implements, and what
    /// messages or handlers are marked with.
    /// </summary>
    private static readonly HashSet<string> Ports =
    [
        // Adapters of another shape implement these, or a test that looks on.
        "ILog", "ILogReader", "IStateStore", "IStateReader", "IExecutionMark", "IReadModelStore", "IAuditStore", "IOutboxStore", "IRelayLog", "IRelaySender", "IHealth", "ITriggers",

        // The library of document 002: what is read may be read through a cache, what is changed is the pump's.
        "IReadRepository", "ISpecificationRepository", "IRepository", "ITransactionalRepository", "IUnitOfWork",

        // What the projects below leave open and the handlers fill in.
        "IResourceViews", "IDataMask", "ISagaVersion", "IOutsideQueries",

        // What messages of the bus's users are marked with.
        "ICommand", "IQuery",
    ];

    private static readonly string[] Sources = [.. Repository.Files("src", "*.cs"), .. Repository.Files("tests", "*.cs")];

    [Test]
    public void No_file_is_longer_than_400_lines() =>
        Sources.Select(p => (Path: p, Lines: LinesOf(p))).Where(f => f.Lines > Longest).ShouldBeEmpty();

    [Test]
    public void Nineteen_files_of_twenty_have_at_most_250_lines()
    {
        var tooLong = Sources.Where(p => LinesOf(p) > Long).ToArray();

        ((double)tooLong.Length / Sources.Length).ShouldBeLessThanOrEqualTo(0.05, string.Join(", ", tooLong));
    }

    [Test]
    public void Nothing_is_left_for_later() =>
        Sources.Where(p => !p.EndsWith("StyleTests.cs", StringComparison.Ordinal) && Unfinished().IsMatch(Repository.Text(p))).ShouldBeEmpty();

    [Test]
    public void Types_are_called_by_their_job() =>
        Product.Types.Select(t => t.Name.Split('`')[0]).Where(n => VagueName().IsMatch(n)).ShouldBeEmpty();

    [Test]
    public void Classes_are_sealed_unless_others_derive_from_them()
    {
        var derivedFrom = Product.Types.Select(t => t.BaseType).OfType<Type>().Select(b => b.IsGenericType ? b.GetGenericTypeDefinition() : b).ToHashSet();

        Product.Types
            .Where(t => t is { IsClass: true, IsSealed: false, IsAbstract: false } && !derivedFrom.Contains(t) && !t.Name.EndsWith("Context", StringComparison.Ordinal))
            .Select(t => t.FullName)
            .ShouldBeEmpty();
    }

    [Test]
    public void An_interface_has_two_implementations_or_is_a_port()
    {
        var implementations = Product.Types
            .Where(t => t is { IsInterface: false, IsAbstract: false })
            .SelectMany(t => t.GetInterfaces().Select(i => i.IsGenericType ? i.GetGenericTypeDefinition() : i).Distinct())
            .CountBy(i => i)
            .ToDictionary(c => c.Key, c => c.Value);

        Product.Types
            .Where(t => t.IsInterface && implementations.GetValueOrDefault(t) < 2)
            .Select(t => t.Name.Split('`')[0])
            .Except(Ports)
            .ShouldBeEmpty();
    }

    private static int LinesOf(string path) => File.ReadLines(Path.Combine(Repository.Root, path)).Count();

    [GeneratedRegex(@"\b(TODO|FIXME|HACK|XXX)\b")]
    private static partial Regex Unfinished();

    [GeneratedRegex("(Service|Manager|Helpers?|Utils?|Impl|Base)$")]
    private static partial Regex VagueName();
}
