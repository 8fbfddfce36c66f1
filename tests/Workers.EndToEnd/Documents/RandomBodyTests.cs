using System.Text;
using NUnit.Framework;
using Shouldly;
using Workers.EndToEnd.Descriptions;
using Workers.EndToEnd.Running;

namespace Workers.EndToEnd.Documents;

/// <summary>Whatever comes in at any operation with a body: it is taken, or refused as a problem of the caller's, as the description says; others are served meanwhile.</summary>
public sealed class RandomBodyTests
{
    private const int Seed = 20_260_131;
    private const int Bodies = 40;

    [Test]
    public async Task A_random_body_is_taken_or_refused_with_a_reason()
    {
        // Everybody has a key: one that were made by chance would shut out who has none.
        using var program = await KeyedProgram.StartAsync();
        var operations = program.Document.Operations.Where(operation => operation.Body is not null).ToList();
        using var over = new CancellationTokenSource();
        var others = ServeOthersAsync(program, over.Token);

        var errors = (await Task.WhenAll(operations.Select((operation, n) => AttackAsync(program, operation, n)))).SelectMany(found => found).ToList();

        await over.CancelAsync();
        (await others).ShouldBeGreaterThan(0);
        errors.ShouldBeEmpty($"seed {Seed}");
        operations.Count.ShouldBeGreaterThan(50);
        (await program.Api.UntilAsync("/health/ready", answer => answer.Status == 200)).Text("status").ShouldBe("healthy");
    }

    private static async Task<List<string>> AttackAsync(KeyedProgram program, Operation operation, int n)
    {
        var (errors, bodies) = (new List<string>(), new RandomBodies(Seed + n, RandomBodies.NamesOf(operation)));
        for (var i = 0; i < Bodies; i++)
        {
            var (bytes, mediaType) = bodies.Next();
            var answer = await program.Api.SendAsync(new HttpMethod(operation.Method), operation.ExamplePath, bytes, mediaType, ("Prefer", "respond-async"), program.Admin);
            Note(answer, () => Encoding.UTF8.GetString(bytes));
        }

        var filler = Encoding.UTF8.GetBytes($"{{\"reason\":\"{new string('x', (1 << 20) - 12)}\"}}");
        filler.Length.ShouldBe((1 << 20) + 1);
        if (await TooLongAsync(program, operation, filler) is { } refused)
        {
            Note(refused, () => "1 MiB and a byte");
            if (refused.Status != 413)
            {
                errors.Add($"{operation.Id} 1 MiB and a byte → {refused}");
            }
        }

        return errors;

        void Note(Answer answer, Func<string> sent)
        {
            errors.AddRange(operation.Errors(answer).Select(error => $"{error} ← {sent()}"));
            if (answer.Status is not (>= 200 and <= 299 or >= 400 and <= 499))
            {
                errors.Add($"{operation.Id} {sent()} → {answer}");
            }
        }
    }

    /// <summary>Null where the server ended the connection before it had read all of the body, as it may.</summary>
    private static async Task<Answer?> TooLongAsync(KeyedProgram program, Operation operation, byte[] body)
    {
        try
        {
            return await program.Api.SendAsync(
                new HttpMethod(operation.Method), operation.ExamplePath, body, "application/json", ("Expect", "100-continue"), program.Admin);
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    /// <summary>Writes and reads of somebody else, one after the other: how many went well; any other is thrown.</summary>
    private static async Task<int> ServeOthersAsync(KeyedProgram program, CancellationToken over)
    {
        var served = 0;
        while (!over.IsCancellationRequested)
        {
            var id = $"other-{served}";
            (await program.Api.PostAsync("/api/v1/products", $$"""{"product_id":"{{id}}","name":"Laptop","price":1}""", ("Prefer", "respond-async"), program.Admin)).Status.ShouldBe(202);
            (await program.Api.GetAsync("/api/v1/products", program.Admin)).Status.ShouldBe(200);
            served++;
        }

        return served;
    }
}
