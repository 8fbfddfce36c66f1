using System.Text.Json;
using Workers.Api.Http;
using Workers.Api.Reads;
using Workers.Bus;
using Workers.Contracts.Commands;
using Workers.Engine.Projections;
using Workers.Engine.Repositories;

namespace Workers.Api.Cqrs;

/// <summary>The queries that are answered without anybody registering: one entity, a list, and what belongs to a user or an order.</summary>
internal sealed class CqrsQueries(EntityQuery entities, QueryBus bus, IReadModelStore models)
{
    private const string UserOrders = "UserOrderReadModel";
    private const string OrderPayments = "OrderPaymentReadModel";
    private static readonly ListWindow s_whole = new(ListQuery.MaxLimit, WithTotal: true);

    /// <summary>Null where none of ours is called so.</summary>
    /// <exception cref="ProblemException">Its parameters are wrong.</exception>
    public Task<QueryAnswer>? Find(string type, JsonElement data, CancellationToken cancellation)
    {
        var asked = new QueryParameters(data);
        switch (type)
        {
            case "GetUserOrders":
                return OfUserAsync(asked.Only("user_id", "id", "limit", "offset").Id("user_id", "id"), asked.Window(), cancellation);
            case "GetOrderPayments":
                return OfOrderAsync(asked.Only("order_id", "id", "limit", "offset").Id("order_id", "id"), asked.Window(), cancellation);
            case "SearchUsers":
                return ListAsync(Resource.User, asked.Only("q", "limit", "offset", "filters"), asked.Text("q"), cancellation);
        }

        foreach (var resource in Resource.All)
        {
            if (type == "Get" + resource.Title)
            {
                return entities.FindAsync(resource, asked.Only("id", resource.IdName).Id("id", resource.IdName), cancellation);
            }

            if (type == $"List{resource.Title}s")
            {
                return ListAsync(resource, asked.Only("limit", "offset", "filters"), null, cancellation);
            }
        }

        return null;
    }

    /// <summary>A read model that is made of others when it is asked for: a user's orders, an order's payments; null where that is nothing.</summary>
    public async ValueTask<ShownModel?> DeriveAsync(string type, string id, CancellationToken cancellation)
    {
        var (resource, field) = type switch
        {
            UserOrders => (Resource.Order, "user_id"),
            OrderPayments => (Resource.Payment, "order_id"),
            _ => (null, ""),
        };
        if (resource is null)
        {
            return null;
        }

        var parts = await models.ListAsync(
            new ReadModelQuery(resource.Model, new Dictionary<string, string> { [field] = id }, null, ListQuery.MaxLimit, null, 0, false, false), cancellation);
        var answer = type == UserOrders ? await OfUserAsync(id, s_whole, cancellation) : await OfOrderAsync(id, s_whole, cancellation);
        return parts.Items.Count == 0 ? null : new ShownModel(
            type, id, parts.Items.Sum(part => part.Version), parts.Items.Min(part => part.CreatedMs), parts.Items.Max(part => part.UpdatedMs),
            answer.Json!.Value.ToArray(), IsSaved: false);
    }

    private Task<QueryAnswer> OfUserAsync(string userId, ListWindow window, CancellationToken cancellation) =>
        BelongingAsync(Resource.Order, "user_id", userId, "total_amount", window, cancellation);

    private Task<QueryAnswer> OfOrderAsync(string orderId, ListWindow window, CancellationToken cancellation) =>
        BelongingAsync(Resource.Payment, "order_id", orderId, "amount", window, cancellation);

    private async Task<QueryAnswer> ListAsync(Resource resource, QueryParameters asked, string? text, CancellationToken cancellation)
    {
        var page = await bus.Query(new ListResources(resource, asked.Filters(resource.Filters), text, asked.Window()), cancellation);
        return Written(json =>
        {
            WriteItems(json, "items", page);
            json.WriteText("next_cursor", page.NextCursor);
            json.WriteNumber("total"u8, page.Total ?? page.Items.Count);
        });
    }

    /// <summary><c>{"user_id","orders":[…],"total","totals":[{"currency","count","amount"}]}</c>, and the same of an order's payments.</summary>
    private async Task<QueryAnswer> BelongingAsync(
        Resource resource, string field, string id, string amount, ListWindow window, CancellationToken cancellation)
    {
        var fields = QueryField.Of(resource.Model);
        var (currency, sum) = (fields.First(f => f.Name == "currency"), fields.First(f => f.Name == amount));
        var page = await bus.Query(new ListResources(resource, new Dictionary<string, string> { [field] = id }, null, window), cancellation);
        var groups = await bus.Query(
            new GroupResources(resource, Specification.Where(fields.First(f => f.Name == field), Comparison.Equal, id), [currency], [sum], ListQuery.MaxLimit), cancellation);
        return Written(json =>
        {
            json.WriteString(field, id);
            WriteItems(json, resource.Plural, page);
            json.WriteNumber("total"u8, page.Total ?? page.Items.Count);
            json.WriteStartArray("totals"u8);
            foreach (var group in groups)
            {
                json.WriteStartObject();
                json.WriteString("currency"u8, group.Keys[0] as string);
                json.WriteNumber("count"u8, group.Count);
                json.WriteNumber("amount"u8, Money.Normal((decimal)group.Sums[0] / sum.Unit));
                json.WriteEndObject();
            }

            json.WriteEndArray();
        });
    }

    private static void WriteItems(Utf8JsonWriter json, string name, Page<ResourceDocument> page)
    {
        json.WriteStartArray(name);
        foreach (var item in page.Items)
        {
            json.WriteRawValue(item.Data.Span, skipInputValidation: true);
        }

        json.WriteEndArray();
    }

    private static QueryAnswer Written(Action<Utf8JsonWriter> write)
    {
        using var json = JsonAnswer.Rent();
        json.Writer.WriteStartObject();
        write(json.Writer);
        json.Writer.WriteEndObject();
        return QueryAnswer.Of(json.Written().ToArray());
    }
}
