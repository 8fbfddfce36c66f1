using NUnit.Framework;
using Shouldly;
using Workers.Examples;

namespace Workers.Tests.Bus;

/// <summary>The programs in <c>docs/examples</c> do what they show.</summary>
[Parallelizable(ParallelScope.All)]
public sealed class ExampleTests
{
    [Test]
    public async Task Basic_shows_commands_queries_and_an_error()
    {
        var lines = await Run(Basic.RunAsync);

        lines[0].ShouldStartWith("command CreateUser executed in ");
        lines[1..4].ShouldBe(["User created: 123 john_doe", "Metrics: 1 executed, 0 failed", "Found: john@example.com"]);
        lines[^1].ShouldBe("Refused: Email, UserId, Username");
    }

    [Test]
    public async Task Improved_shows_middleware_validation_caching_and_metrics()
    {
        var lines = await Run(Improved.RunAsync);

        lines.ShouldContain("  command UpdateUser: ok");
        lines.ShouldContain("Retrieved user: john.doe@example.com, the same again: True, read 1 time");
        lines.ShouldContain("Validation failed: CreateUser is not valid: The Email field is not a valid e-mail address.");
        lines.ShouldContain("Unexpected error: CreateUser failed: user 123 exists");
        lines.ShouldContain("Handler not found: No handler is registered for CreateUser.");
        lines.ShouldContain("CreateUser: 3 executed, 2 failed");
    }

    [Test]
    public async Task Simple_production_shows_settings_errors_and_figures() =>
        (await Run(SimpleProduction.RunAsync)).ShouldBe(
        [
            "created ada", "not valid: Username", "HandlerFailed: user 1 exists", "found ada", "deleted: True", "HandlerFailed: there is no user 1",
            "A handler is already registered for CreateUser.", "commands: CreateUser, DeleteUser", "queries: GetUser, ListUsers, SearchUsers",
            "commands: 4 executed, 2 failed, 0 in flight", "queries: 2 executed, 1 failed, 0 in flight",
        ]);

    [Test]
    public async Task Production_shows_rights_spans_limits_and_circuits() =>
        (await Run(Production.RunAsync)).ShouldBe(
        [
            "nobody: Unauthorized", "viewer: Forbidden", "span CreateUser command Unset", "admin: done",
            "span DeleteUser command Error", "admin: HandlerFailed", "span DeleteUser command Error", "admin: HandlerFailed",
            "span DeleteUser command Error", "admin: CircuitOpen", "span DeleteUser command Error", "admin: RateLimited",
            "circuit of CreateUser: Closed, 0 failures", "circuit of DeleteUser: Open, 2 failures",
        ]);

    private static async Task<string[]> Run(Func<TextWriter, Task> example)
    {
        using var output = new StringWriter();
        await example(output);
        return output.ToString().TrimEnd().Split(Environment.NewLine);
    }
}
