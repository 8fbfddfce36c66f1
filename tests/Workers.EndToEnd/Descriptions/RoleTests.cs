using NUnit.Framework;
using Shouldly;

namespace Workers.EndToEnd.Descriptions;

/// <summary>Every operation of <c>/openapi/v1.json</c> by every role: who is let in is whom <c>x-required-roles</c> names.</summary>
public sealed class RoleTests
{
    /// <summary>What each role may besides.</summary>
    private static readonly Dictionary<string, string[]> s_roles = new()
    {
        ["viewer"] = ["viewer"],
        ["submitter"] = ["viewer", "submitter"],
        ["operator"] = ["viewer", "operator"],
        ["admin"] = ["viewer", "submitter", "operator", "admin"],
    };

    private static KeyedProgram s_program = null!;

    [OneTimeSetUp]
    public static async Task Start() => s_program = await KeyedProgram.StartAsync();

    [OneTimeTearDown]
    public static void Stop() => s_program.Dispose();

    [Test]
    public async Task Every_operation_lets_in_the_roles_that_it_names_and_nobody_else()
    {
        var keys = new Dictionary<string, (string, string)>();
        foreach (var role in s_roles.Keys)
        {
            keys[role] = role == "admin" ? s_program.Admin : await s_program.MakeAsync(role);
        }

        var errors = new List<string>();
        foreach (var operation in s_program.Document.Operations)
        {
            var needed = RolesOf(operation);
            await CallAsync(operation, "nobody", needed.Count == 0 ? null : 401);
            foreach (var (role, header) in keys)
            {
                await CallAsync(operation, role, needed.Count == 0 || needed.Intersect(s_roles[role]).Any() ? null : 403, header);
            }
        }

        errors.ShouldBeEmpty();
        s_program.Document.Operations.Where(operation => RolesOf(operation).Count == 0).ShouldAllBe(operation => operation.Path.StartsWith("/health", StringComparison.Ordinal));
        s_program.Document.Operations.SelectMany(RolesOf).Distinct().ShouldBe(s_roles.Keys, ignoreOrder: true);

        // Who is let in sends no JSON, and does nothing.
        async Task CallAsync(Operation operation, string who, int? refusal, params (string Name, string Value)[] headers)
        {
            var answer = await s_program.Api.SendAsync(new HttpMethod(operation.Method), operation.ExamplePath, operation.Body is null ? null : "nothing", headers);
            errors.AddRange(operation.Errors(answer).Select(error => $"{who}: {error}"));
            if (refusal is { } status ? answer.Status != status : answer.Status is 401 or 403)
            {
                errors.Add($"{operation.Id} by {who}: {answer}");
            }
        }
    }

    [Test]
    public async Task Operations_of_keys_answer_as_the_document_says()
    {
        var (document, api, admin) = (s_program.Document, s_program.Api, s_program.Admin);
        var made = await api.PostAsync("/api/v1/keys", document["post_keys"].Examples[""].ToJsonString(), admin);
        var path = $"/api/v1/keys/{made.Text("id")}";
        var list = await api.GetAsync("/api/v1/keys", admin);
        var one = await api.GetAsync(path, admin);
        var revoked = await api.SendAsync(HttpMethod.Delete, path, document["delete_keys_id"].Examples[""].ToJsonString(), admin);

        new[] { made.Status, list.Status, one.Status, revoked.Status }.ShouldBe([201, 200, 200, 200]);
        document["post_keys"].Errors(made).ShouldBeEmpty();
        document["get_keys"].Errors(list).ShouldBeEmpty();
        document["get_keys_id"].Errors(one).ShouldBeEmpty();
        document["delete_keys_id"].Errors(revoked).ShouldBeEmpty();
    }

    private static List<string> RolesOf(Operation operation) => [.. operation.Json["x-required-roles"]?.AsArray().Select(role => role!.GetValue<string>()) ?? []];
}
