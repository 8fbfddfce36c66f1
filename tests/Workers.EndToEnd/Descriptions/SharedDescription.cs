using NUnit.Framework;

namespace Workers.EndToEnd.Descriptions;

/// <summary>One program for the tests that call what is described: its operations clear lists, hold queues back and take handlers out, which others need not bear.</summary>
[SetUpFixture]
public sealed class SharedDescription
{
    private static DescribedProgram? s_program;

    internal static DescribedProgram Program => s_program!;

    [OneTimeSetUp]
    public async Task Start()
    {
        s_program = await DescribedProgram.StartAsync();

        // What a handler outside answers is any JSON: here there is none, and the schema is the stricter for it.
        s_program.Document.Json["components"]!["schemas"]!["HandlerResult"] = false;
    }

    [OneTimeTearDown]
    public void Stop() => s_program?.Dispose();
}
