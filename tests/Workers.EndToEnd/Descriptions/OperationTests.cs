using System.Text.Json.Nodes;
using NUnit.Framework;
using Shouldly;

namespace Workers.EndToEnd.Descriptions;

/// <summary>Every operation of <c>/openapi/v1.json</c>, called with its own example: what comes is what the document says. One call after the other: each expects what came before.</summary>
[Parallelizable(ParallelScope.Self)]
public sealed class OperationTests
{
    /// <summary>What an example cannot succeed with alone: a flow must be stuck, a refund must wait, a WebSocket is no request.</summary>
    private static readonly Dictionary<string, int> s_refused = new()
    {
        ["post_commands_sagas_id_retry"] = 400,
        ["post_commands_sagas_id_compensate"] = 400,
        ["ApproveRefund"] = 400,
        ["RejectRefund"] = 400,
        ["get_ws"] = 426,
    };

    // What no example of a type can be: a place in a list, an event of a feed, a place in the log, a time in words.
    private static readonly string[] s_opaque = ["cursor", "after", "at", "version", "subscribe", "step"];

    private static readonly DescribedProgram s_program = SharedDescription.Program;

    [Test]
    public async Task Every_operation_answers_its_example_as_the_document_says()
    {
        var errors = new List<string>();
        var called = 0;
        foreach (var operation in s_program.Document.Operations.Where(operation => !IsOfKeys(operation)))
        {
            foreach (var example in operation.Body is null ? [""] : operation.Examples.Keys)
            {
                called++;
                var answer = await s_program.CallAsync(operation, example);
                errors.AddRange(operation.Errors(answer));
                var expected = s_refused.GetValueOrDefault(operation.Id, operation.Id == "post_commands_execute" ? s_refused.GetValueOrDefault(example) : 0);
                if (expected > 0 ? answer.Status != expected : answer.Status is < 200 or > 299)
                {
                    errors.Add($"{operation.Id} {example}: {answer}");
                }
            }
        }

        errors.ShouldBeEmpty();
        called.ShouldBeGreaterThan(100);
    }

    [Test]
    public async Task Every_member_of_a_query_is_taken()
    {
        var errors = new List<string>();
        foreach (var operation in s_program.Document.Operations.Where(operation => operation.Method == "GET" && operation.Id != "get_ws" && !IsOfKeys(operation)))
        {
            foreach (var parameter in operation.Parameters.Where(parameter => parameter["in"]!.GetValue<string>() == "query"))
            {
                var name = parameter["name"]!.GetValue<string>();
                var answer = await s_program.Api.GetAsync($"{operation.ExamplePath}{operation.ExampleQuery}&{name}={Uri.EscapeDataString(Value(parameter["schema"]!))}");
                errors.AddRange(operation.Errors(answer));
                if (answer.Status == 400 && !s_opaque.Contains(name))
                {
                    errors.Add($"{operation.Id} {name}: {answer}");
                }
            }
        }

        errors.ShouldBeEmpty();
    }

    [Test]
    public async Task A_known_version_of_what_has_one_is_answered_with_304()
    {
        foreach (var operation in s_program.Document.Operations.Where(operation => operation.Json["responses"]!["304"] is not null))
        {
            var first = await s_program.CallAsync(operation);
            first.Status.ShouldBe(200, operation.Id);
            var path = operation.Path.Contains('{', StringComparison.Ordinal) ? $"{operation.Path[..operation.Path.LastIndexOf('/')]}/{first.Text("id")}" : operation.Path;

            var second = await s_program.Api.GetAsync(path, ("If-None-Match", first.Header("ETag")!));

            second.Status.ShouldBe(304, operation.Id);
            operation.Errors(second).ShouldBeEmpty();
        }
    }

    // Once there is a key, nobody is served without one: they are called by RoleTests.
    private static bool IsOfKeys(Operation operation) => operation.Path.StartsWith("/api/v1/keys", StringComparison.Ordinal);

    private static string Value(JsonNode schema) => (schema["type"]?.ToString(), schema["format"]?.ToString(), schema["enum"]) switch
    {
        (_, _, JsonArray values) => values[0]!.ToString(),
        ("integer", _, _) => "1",
        ("boolean", _, _) => "true",
        (_, "date-time", _) => "2026-01-31T12:00:00Z",
        (_, "uuid", _) => "019a2b3c-4d5e-7f60-8a1b-2c3d4e5f6071",
        _ => "text",
    };
}
