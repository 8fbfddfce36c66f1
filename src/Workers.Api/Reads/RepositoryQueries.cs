using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Workers.Api.Http;
using Workers.Bus;
using Workers.Contracts.Commands;
using Workers.Engine.Options;
using Workers.Engine.Repositories;

namespace Workers.Api.Reads;

/// <summary>
/// <c>POST /repositories/query</c>: entities of which a specification is true, or what they come to: <c>count</c>, <c>sum</c>, both by <c>group_by</c>.
/// </summary>
internal sealed class RepositoryQueries(QueryBus queries, ApiOptions options)
{
    private const int Usual = 50;
    private const int MaxFields = 4;
    private const int MaxGroups = 1_000;

    public async Task AnswerAsync(HttpContext http)
    {
        var body = await JsonBody.ReadAsync(http, options.MaxBodyBytes, "entity", "where", "order_by", "limit", "offset", "count", "group_by", "sum");
        var entity = body.Text("entity");
        var resource = Resource.All.FirstOrDefault(resource => resource.Plural == entity)
            ?? throw ListQuery.Bad("entity", $"entity must be one of {string.Join(", ", Resource.All.Select(resource => resource.Plural))}");
        var reader = new SpecificationReader(QueryField.Of(resource.Model));
        var where = body.Value("where") is { } node ? reader.Read(node, "where") : Specification.Everything;
        var (by, sums) = (Fields(body, "group_by", reader), Fields(body, "sum", reader));
        if (sums.FirstOrDefault(field => !field.CanBeSummed) is { } strange)
        {
            throw ListQuery.Bad("sum", $"{strange.Name} cannot be summed");
        }

        await (body.Flag("count") || by.Count > 0 || sums.Count > 0
            ? CountAsync(http, body, new GroupResources(resource, where, by, sums, MaxGroups + 1))
            : FindAsync(http, body, resource, where, Orderings(body, reader)));
    }

    private async Task FindAsync(HttpContext http, JsonBody body, Resource resource, Specification where, IReadOnlyList<Ordering> orderBy)
    {
        var limit = body.Whole("limit", 1, ListQuery.MaxLimit) ?? Usual;
        var offset = body.Whole("offset", 0, int.MaxValue - ListQuery.MaxLimit) ?? 0;
        var found = await queries.Query(new FindResources(resource, where, orderBy, limit + 1, offset), http.RequestAborted);
        using var json = JsonAnswer.Rent();
        var writer = json.Writer;
        writer.WriteStartObject();
        writer.WriteStartArray("items"u8);
        foreach (var document in found.Take(limit))
        {
            writer.WriteRawValue(document.Data.Span, skipInputValidation: true);
        }

        writer.WriteEndArray();
        if (found.Count > limit)
        {
            writer.WriteNumber("next_offset"u8, offset + limit);
        }

        writer.WriteEndObject();
        await json.SendAsync(http, StatusCodes.Status200OK);
    }

    private async Task CountAsync(HttpContext http, JsonBody body, GroupResources asked)
    {
        foreach (var name in new[] { "order_by", "limit", "offset" })
        {
            if (body.Value(name) is not null)
            {
                throw ListQuery.Bad(name, $"{name} is for lists; count, group_by and sum answer with all there is");
            }
        }

        var groups = await queries.Query(asked, http.RequestAborted);
        if (groups.Count > MaxGroups)
        {
            throw ListQuery.Bad("group_by", $"group_by gives more than {MaxGroups} groups; ask for fewer with where");
        }

        using var json = JsonAnswer.Rent();
        json.Writer.WriteStartObject();
        if (asked.By.Count == 0)
        {
            Write(json.Writer, groups.FirstOrDefault() ?? new SpecificationGroup([], 0, [.. asked.Sums.Select(_ => 0L)]), asked.Sums);
        }
        else
        {
            WriteGroups(json.Writer, groups, asked);
        }

        json.Writer.WriteEndObject();
        await json.SendAsync(http, StatusCodes.Status200OK);
    }

    private static void WriteGroups(Utf8JsonWriter writer, IReadOnlyList<SpecificationGroup> groups, GroupResources asked)
    {
        writer.WriteStartArray("groups"u8);
        foreach (var group in groups)
        {
            writer.WriteStartObject();
            foreach (var (field, key) in asked.By.Zip(group.Keys))
            {
                Write(writer, field, key);
            }

            Write(writer, group, asked.Sums);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter writer, SpecificationGroup group, IReadOnlyList<QueryField> sums)
    {
        writer.WriteNumber("count"u8, group.Count);
        if (sums.Count == 0)
        {
            return;
        }

        writer.WriteStartObject("sum"u8);
        foreach (var (field, sum) in sums.Zip(group.Sums))
        {
            Write(writer, field, sum);
        }

        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, QueryField field, object? value)
    {
        switch (value)
        {
            case string text:
                writer.WriteString(field.Name, text);
                break;
            case long number when field.Kind == FieldKind.Money:
                writer.WriteNumber(field.Name, Money.Normal((decimal)number / field.Unit));
                break;
            case long number:
                writer.WriteNumber(field.Name, number);
                break;
            default:
                writer.WriteNull(field.Name);
                break;
        }
    }

    private static IReadOnlyList<QueryField> Fields(JsonBody body, string name, SpecificationReader reader)
    {
        var fields = Texts(body, name).Select(text => reader.Field(text, name)).ToList();
        return fields.Distinct().Count() == fields.Count && fields.TrueForAll(field => field.Kind != FieldKind.Time)
            ? fields
            : throw ListQuery.Bad(name, $"{name} must be different fields, and no times");
    }

    private static IReadOnlyList<Ordering> Orderings(JsonBody body, SpecificationReader reader) =>
        [.. Texts(body, "order_by").Select(text => new Ordering(reader.Field(text.TrimStart('-'), "order_by"), text.StartsWith('-')))];

    /// <summary>A text or an array of texts; none where it is absent.</summary>
    private static IReadOnlyList<string> Texts(JsonBody body, string name) => body.Value(name) switch
    {
        null => [],
        { ValueKind: JsonValueKind.Array } list when list.GetArrayLength() is > 0 and <= MaxFields =>
            [.. list.EnumerateArray().Select((text, n) => JsonTexts.Read(text, $"{name}[{n}]"))],
        { ValueKind: JsonValueKind.Array } => throw ListQuery.Bad(name, $"{name} must have 1 to {MaxFields} fields"),
        { } text => [JsonTexts.Read(text, name)],
    };
}
