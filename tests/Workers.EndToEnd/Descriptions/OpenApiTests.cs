using System.IO.Compression;
using System.Text.Json.Nodes;
using Microsoft.OpenApi;
using NUnit.Framework;
using Shouldly;
using Workers.EndToEnd.Running;

namespace Workers.EndToEnd.Descriptions;

/// <summary>What <c>/openapi/v1.json</c> is, whatever it says.</summary>
public sealed class OpenApiTests
{
    private static readonly ApiClient s_api = SharedProgram.Api;

    [Test]
    public async Task It_is_OpenAPI_3_1()
    {
        var read = OpenApiDocument.Parse((await s_api.GetAsync("/openapi/v1.json")).Content, "json");

        read.Diagnostic!.Errors.ShouldBeEmpty();
        read.Diagnostic.Warnings.ShouldBeEmpty();
        read.Diagnostic.SpecificationVersion.ShouldBe(OpenApiSpecVersion.OpenApi3_1);
    }

    [Test]
    public async Task Every_operation_is_said_and_called_differently()
    {
        var document = await DocumentAsync();

        document.Operations.Count.ShouldBeGreaterThan(60);
        document.Operations.Select(operation => operation.Id).ShouldBeUnique();
        document.Operations.Where(operation => string.IsNullOrWhiteSpace(operation.Json["summary"]?.ToString())).ShouldBeEmpty();
        document.Operations.ShouldContain(operation => operation.Path == "/metrics");
    }

    [Test]
    public async Task Every_example_is_one_of_its_schema()
    {
        var document = await DocumentAsync();
        var errors = new List<string>();
        Walk(document.Json["paths"]!, document, errors);
        Walk(document.Json["components"]!["responses"]!, document, errors);

        errors.ShouldBeEmpty();
    }

    [Test]
    public async Task Every_schema_is_said_and_used()
    {
        var document = await DocumentAsync();
        var all = document.Json.ToJsonString();
        var schemas = document.Json["components"]!["schemas"]!.AsObject();

        schemas.Where(schema => !all.Contains($"\"#/components/schemas/{schema.Key}\"", StringComparison.Ordinal)).Select(schema => schema.Key).ShouldBeEmpty();
        schemas.Where(schema => schema.Value!["type"] is null && schema.Value["anyOf"] is null).Select(schema => schema.Key).ShouldBeEmpty();
    }

    [Test]
    public async Task Every_operation_says_by_which_credentials_it_is_called()
    {
        var operations = (await DocumentAsync()).Json["paths"]!.AsObject().SelectMany(path => path.Value!.AsObject()).Select(operation => operation.Value!).ToList();

        operations.Where(operation => operation["security"] is null).ShouldBeEmpty();
        operations.Where(operation => operation["security"]!.AsArray().Count == 0).ShouldAllBe(operation => operation["operationId"]!.ToString().StartsWith("get_health", StringComparison.Ordinal));
    }

    [Test]
    public async Task A_schema_tells_what_is_wrong()
    {
        var document = await DocumentAsync();
        var schema = document.Json["components"]!["schemas"]!["Payment"]!;
        var payment = (JsonObject)document["get_payments_id"].Json["responses"]!["200"]!["content"]!["application/json"]!["example"]!.DeepClone();
        document.Schema.Errors(schema, payment).ShouldBeEmpty();

        foreach (var (name, wrong) in new Dictionary<string, JsonNode> { ["amount"] = "10.5", ["status"] = "PAID", ["created_at"] = "yesterday", ["unknown"] = 1, ["version"] = 1.5 })
        {
            var other = payment.DeepClone();
            other[name] = wrong;
            document.Schema.Errors(schema, other).ShouldNotBeEmpty(name);
        }

        payment.Remove("payment_id");
        document.Schema.Errors(schema, payment).ShouldNotBeEmpty();
    }

    [Test]
    public async Task Rules_of_records_are_in_the_schema()
    {
        var schemas = (await DocumentAsync()).Json["components"]!["schemas"]!;

        schemas["CreateProduct"]!["properties"]!["name"]!["maxLength"]!.GetValue<int>().ShouldBe(200);
        schemas["ProcessPayment"]!["properties"]!["currency"]!["enum"]!.AsArray().Select(one => one!.ToString()).ShouldContain("USD");
        schemas["CreateUserBody"]!["required"]!.AsArray().Select(one => one!.ToString()).ShouldBe(["name", "email"]);
        schemas["OrderItemBodyStrict"]!["required"]!.AsArray().Select(one => one!.ToString()).ShouldContain("sku");
        schemas["OrderItemBody"]!["required"]!.AsArray().Select(one => one!.ToString()).ShouldNotContain("sku");
    }

    [TestCase("/openapi/v1.json", "application/json")]
    [TestCase("/asyncapi.yaml", "application/yaml")]
    public async Task It_is_sent_packed_with_a_tag(string path, string mediaType)
    {
        using var http = new HttpClient { BaseAddress = s_api.Address };
        http.DefaultRequestHeaders.Add("Accept-Encoding", "gzip");

        using var answer = await http.GetAsync(path);

        answer.Content.Headers.ContentEncoding.ShouldBe(["gzip"]);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe(mediaType);
        answer.Headers.ETag.ShouldNotBeNull();
        await using var unpacked = new GZipStream(await answer.Content.ReadAsStreamAsync(), CompressionMode.Decompress);
        using var reader = new StreamReader(unpacked);
        (await reader.ReadToEndAsync()).ShouldBe((await s_api.GetAsync(path)).Content);
    }

    private static async Task<ServedDocument> DocumentAsync() => new((await s_api.GetAsync("/openapi/v1.json")).Json);

    private static void Walk(JsonNode node, ServedDocument document, List<string> errors)
    {
        if (node is JsonObject members && members["schema"] is { } schema)
        {
            var examples = members["examples"] is JsonObject several ? several.Select(one => one.Value!["value"]) : [members["example"]];
            errors.AddRange(examples.Where(example => example is not null)
                .SelectMany(example => document.Schema.Errors(schema, example).Select(error => $"{members.GetPath()}: {error}")));
        }

        foreach (var child in node is JsonObject some ? some.Select(one => one.Value) : node is JsonArray list ? list : Enumerable.Empty<JsonNode?>())
        {
            if (child is JsonObject or JsonArray)
            {
                Walk(child, document, errors);
            }
        }
    }
}
