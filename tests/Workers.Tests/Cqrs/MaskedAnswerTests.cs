using System.Text;
using System.Text.Json;
using NUnit.Framework;
using Shouldly;
using Workers.Contracts.Commands;
using Workers.Engine.Store;
using Workers.Tests.Schedules;

namespace Workers.Tests.Cqrs;

/// <summary>What the doors of document 001 answer of what they were given: as the lists show it.</summary>
[Parallelizable(ParallelScope.All)]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class MaskedAnswerTests : IDisposable
{
    private readonly CommandEngine _engine = new();

    public void Dispose() => _engine.Dispose();

    [Test]
    public Task A_posted_event_is_answered_without_what_nobody_should_read() => Answered(new PublishEvent { AggregateId = "x", EventType = "TheirOwn", Data = Data });

    [Test]
    public Task A_saved_read_model_is_answered_without_what_nobody_should_read() => Answered(new SaveReadModel { ModelId = "x", ModelType = "theirs", Data = Data });

    // A value as the door has it encrypted before the command is appended.
    private static Dictionary<string, JsonElement> Data =>
        JsonSerializer.Deserialize<Dictionary<string, JsonElement>>("""{"name":"Ada","password":"enc:v1:key:AAAA","note":"enc:v1:key:BBBB"}""")!;

    private async Task Answered(ICommand command)
    {
        var outcome = await _engine.RunAsync(command);

        outcome.State.ShouldBe(CommandState.Succeeded);
        Encoding.UTF8.GetString(outcome.Body).ShouldContain("""{"name":"Ada","password":"***","note":"***"}""");
    }
}
