using System.Collections.Frozen;
using Workers.Engine.Projections;

namespace Workers.Engine.Repositories;

/// <summary>What values of a field are.</summary>
public enum FieldKind
{
    /// <summary>Compared by its UTF-8 bytes, exactly as it is written.</summary>
    Text,

    /// <summary>A whole number.</summary>
    Number,

    /// <summary>An amount of money, kept in cents.</summary>
    Money,

    /// <summary>Milliseconds since 1970.</summary>
    Time,
}

/// <summary>A field by which read models may be queried. There are no others than those of <see cref="Of"/>: no name from outside gets into a query.</summary>
public sealed record QueryField
{
    private static readonly QueryField[] s_every = [Time("created_at"), Time("updated_at"), Number("version")];

    private static readonly FrozenDictionary<string, IReadOnlyList<QueryField>> s_byModel = new Dictionary<string, IReadOnlyList<QueryField>>
    {
        [ReadModelTypes.User] = [.. Texts("user_id", "name", "email", "username"), Number("age"), .. s_every],
        [ReadModelTypes.Order] =
            [.. Texts("order_id", "order_number", "user_id", "customer_id", "status", "currency"), Money("total"), Money("total_amount"), .. s_every],
        [ReadModelTypes.Payment] =
        [
            .. Texts("payment_id", "user_id", "order_id", "status", "currency", "gateway", "payment_method"), Money("amount"), Money("refunded_amount"),
            .. s_every,
        ],
        [ReadModelTypes.Product] =
            [.. Texts("product_id", "name", "sku", "category"), Money("price"), Number("stock"), Number("available"), .. s_every],
    }.ToFrozenDictionary();

    private QueryField(string name, FieldKind kind) => (Name, Kind) = (name, kind);

    public string Name { get; }

    public FieldKind Kind { get; }

    /// <summary>Its values are strings; else they are longs.</summary>
    public bool IsText => Kind == FieldKind.Text;

    /// <summary>Whether adding its values up says anything.</summary>
    public bool CanBeSummed => Kind is FieldKind.Money || (Kind is FieldKind.Number && Name != "version");

    /// <summary>How many of its stored units are one: 100 cents, else 1.</summary>
    public int Unit => Kind == FieldKind.Money ? 100 : 1;

    /// <summary>The fields of a read model; none where it has none.</summary>
    public static IReadOnlyList<QueryField> Of(string model) => s_byModel.GetValueOrDefault(model, []);

    private static QueryField Number(string name) => new(name, FieldKind.Number);

    private static QueryField Money(string name) => new(name, FieldKind.Money);

    private static QueryField Time(string name) => new(name, FieldKind.Time);

    private static IEnumerable<QueryField> Texts(params IEnumerable<string> names) => names.Select(name => new QueryField(name, FieldKind.Text));
}
