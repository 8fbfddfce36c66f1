using System.Globalization;
using System.Text;
using NUnit.Framework;
using Shouldly;
using Workers.Engine.Projections;
using Workers.Engine.Repositories;

namespace Workers.Conformance.Projections;

/// <summary>What a specification finds, in every store of read models: what <see cref="SpecificationOracle"/> says of each model.</summary>
public abstract class SpecificationConformance
{
    private const string Type = ReadModelTypes.Payment;
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly string?[] Texts = [null, "", "a", "A", "ab", "é", "z%_.*", "a'b\"\\", "=x", "😀", "\uffee", "PENDING"];
    private static readonly long?[] Numbers = [null, 0, 1, -1, 10_000, 10_001, 99_999_999_999_999];

    private readonly IReadOnlyList<QueryField> _fields = QueryField.Of(Type);
    private Stores _stores = null!;

    private IReadModelStore Store => _stores.ReadModels;

    protected abstract Stores Make();

    [SetUp]
    public void Open() => _stores = Make();

    [TearDown]
    public void Close() => _stores?.Dispose();

    [TestCase(1)]
    [TestCase(2)]
    public async Task Random_trees_find_what_they_mean(int seed)
    {
        var random = new Random(seed);
        var models = Enumerable.Range(0, 60).Select(n => Model(random, n)).ToList();
        await Apply(models);
        for (var i = 0; i < 150; i++)
        {
            var tree = Tree(random, depth: 4);
            var expected = models.Where(model => SpecificationOracle.Holds(tree, model)).Select(model => model.Id).Order(StringComparer.Ordinal).ToList();

            var found = await Store.FindAsync(new SpecificationQuery(Type, tree, [], 100, 0), None);

            found.Select(model => model.Id).ShouldBe(expected, SpecificationOracle.Text(tree));
            (await Store.GroupAsync(new GroupQuery(Type, tree, [], [], 1), None)).Sum(group => group.Count).ShouldBe(expected.Count);
        }
    }

    [Test]
    public async Task Deleted_models_and_other_types_are_not_found()
    {
        var random = new Random(3);
        await Apply([Model(random, 1), Model(random, 2) with { Deleted = true, Data = [] }, Model(random, 3) with { Type = ReadModelTypes.User }]);

        (await Store.FindAsync(new SpecificationQuery(Type, Specification.Everything, [], 10, 0), None)).Select(model => model.Id).ShouldBe(["p-01"]);
    }

    [Test]
    public async Task What_is_found_is_sorted_and_cut()
    {
        await Apply([Model("a", "x", 2), Model("b", "y", 1), Model("c", "x", 1), Model("d", null, null), Model("e", "x", 2)]);
        var (status, amount) = (Field("status"), Field("amount"));

        (await Sorted([new(status, false), new(amount, true)], 10, 0)).ShouldBe(["d", "a", "e", "c", "b"]);
        (await Sorted([new(amount, true)], 10, 0)).ShouldBe(["a", "e", "b", "c", "d"]);
        (await Sorted([new(amount, true), new(amount, false)], 2, 1)).ShouldBe(["e", "b"]);
    }

    [Test]
    public async Task Groups_are_counted_and_summed_exactly()
    {
        await Apply([Model("a", "x", 10), Model("b", "y", 20), Model("c", "x", 30), Model("d", null, null), Model("e", "x", 99_999_999_999_999)]);
        var (status, amount) = (Field("status"), Field("amount"));

        var groups = await Store.GroupAsync(new GroupQuery(Type, Specification.Everything, [status], [amount], 10), None);
        groups.Select(group => ((string?)group.Keys[0], group.Count, group.Sums[0])).OrderBy(group => group.Item1, StringComparer.Ordinal)
            .ShouldBe([(null, 1, 0), ("x", 3, 100_000_000_000_039), ("y", 1, 20)]);

        var both = await Store.GroupAsync(new GroupQuery(Type, Specification.Everything, [status, amount], [], 10), None);
        both.Count.ShouldBe(5);
        both.ShouldContain(group => group.Keys[0] == null && group.Keys[1] == null);
        both.ShouldContain(group => Equals(group.Keys[0], "x") && Equals(group.Keys[1], 30L));
        (await Store.GroupAsync(new GroupQuery(Type, Specification.Everything, [status, amount], [], 2), None)).Count.ShouldBe(2);

        var nothing = Specification.Where(status, Comparison.Equal, "nothing");
        (await Store.GroupAsync(new GroupQuery(Type, nothing, [], [amount], 10), None)).Sum(group => group.Count + group.Sums[0]).ShouldBe(0);
    }

    private async Task<IEnumerable<string>> Sorted(Ordering[] order, int limit, int offset) =>
        (await Store.FindAsync(new SpecificationQuery(Type, Specification.Everything, order, limit, offset), None)).Select(model => model.Id);

    private Specification Tree(Random random, int depth) => random.Next(depth == 0 ? 3 : 6) switch
    {
        3 => new Specification.AllOf(Parts(random, depth)),
        4 => new Specification.AnyOf(Parts(random, depth)),
        5 => new Specification.Not(Tree(random, depth - 1)),
        _ => Leaf(random),
    };

    private List<Specification> Parts(Random random, int depth) => [.. Enumerable.Range(0, random.Next(4)).Select(_ => Tree(random, depth - 1))];

    private Specification Leaf(Random random)
    {
        var field = _fields[random.Next(_fields.Count)];
        var comparison = (Comparison)random.Next(field.IsText ? 10 : 7);
        if (!field.IsText && random.Next(8) == 0)
        {
            comparison = Comparison.IsNull;
        }

        var count = comparison switch { Comparison.IsNull => 0, Comparison.In => random.Next(4), _ => 1 };
        return Specification.Where(field, comparison, [.. Enumerable.Range(0, count).Select(_ => field.IsText ? (object)Pick(random, Texts) : Pick(random, Numbers))]);
    }

    private static string Pick(Random random, string?[] from) => from[random.Next(1, from.Length)]!;

    private static long Pick(Random random, long?[] from) => from[random.Next(1, from.Length)]!.Value;

    private QueryField Field(string name) => _fields.Single(field => field.Name == name);

    private ReadModel Model(Random random, int n)
    {
        var id = string.Create(CultureInfo.InvariantCulture, $"p-{n:00}");
        var texts = _fields.Where(field => field.IsText).Select(field => (field.Name, Value: Texts[random.Next(Texts.Length)]));
        var numbers = _fields.Where(field => field.Kind == FieldKind.Money).Select(field => (field.Name, Value: Numbers[random.Next(Numbers.Length)]));
        return new ReadModel(
            Type, id, random.Next(2), false, random.Next(3), 10_000 + random.Next(3), "{}"u8.ToArray(),
            texts.Where(text => text.Value is not null).ToDictionary(text => text.Name, text => text.Value!), [])
        {
            Numbers = numbers.Where(number => number.Value is not null).ToDictionary(number => number.Name, number => number.Value!.Value),
        };
    }

    private static ReadModel Model(string id, string? status, long? amount) => new(
        Type, id, 1, false, 0, 0, Encoding.UTF8.GetBytes("{}"), status is null ? [] : new Dictionary<string, string> { ["status"] = status }, [])
    {
        Numbers = amount is { } cents ? new Dictionary<string, long> { ["amount"] = cents } : [],
    };

    private async Task Apply(IEnumerable<ReadModel> models)
    {
        var batch = new ReadModelBatch();
        batch.Models.AddRange(models);
        (await Store.ApplyAsync([], batch, None)).ShouldBe(Engine.Store.FlushResult.Committed);
    }
}
