using Workers.Api.Reads;

namespace Workers.Api.Descriptions;

/// <summary>What the endpoints of a resource say of themselves: the same of every resource.</summary>
internal sealed class ResourceDescriptions(Resource resource)
{
    private readonly Type _shape = resource.Noun switch
    {
        "user" => typeof(UserShape),
        "payment" => typeof(PaymentShape),
        "order" => typeof(OrderShape),
        _ => typeof(ProductShape),
    };

    public Describes Creates(string action) => Write(
        $"{(action == "process" ? "Process" : "Create")} {One}", action, 201, resource.Noun == "order" ? typeof(NewOrderShape) : _shape);

    public Describes Reads() => new($"{resource.Title} by its id, as it is now or was") { Answers = [(200, _shape)], Query = typeof(StateOf), IsVersioned = true };

    public Describes Lists() => new($"{resource.Title}s, the newest first")
    {
        Answers = [(200, typeof(Page<>).MakeGenericType(_shape))],
        Query = typeof(ResourcePaging),
        Filters = resource.Filters,
    };

    /// <param name="field">Which the path says.</param>
    public Describes Lists(string field) => Lists() with { Summary = $"{resource.Title}s of one {field.Replace("_id", "", StringComparison.Ordinal)}, the newest first" };

    public Describes Updates() => Keyed($"Update {One}: what is given replaces, null clears", "update", _shape);

    /// <summary>Changes an order's state.</summary>
    public Describes Acts(string action) => Keyed($"{char.ToUpperInvariant(action[0])}{action[1..]} {One}", action, typeof(OrderStatusShape));

    public Describes Deletes()
    {
        var says = Keyed($"Delete {One}", "delete", typeof(DeletedShape));
        return says with { Answers = [.. says.Answers, (204, null)] };
    }

    private string One => resource.Noun == "order" ? "an order" : $"a {resource.Noun}";

    private Describes Keyed(string summary, string action, Type answer) => Write(summary, action, 200, answer) with { IsKeyed = true };

    private Describes Write(string summary, string action, int status, Type answer) => new(summary)
    {
        Commands = [resource.Does(action)],
        Answers = [(status, answer), (202, typeof(CommandShape))],
        Refusals = [409, 422],
        IsWrite = true,
        IsVersioned = true,
    };
}
