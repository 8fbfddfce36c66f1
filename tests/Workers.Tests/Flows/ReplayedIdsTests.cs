using NUnit.Framework;
using Shouldly;
using Workers.Contracts;
using Workers.Contracts.Commands;
using Workers.Contracts.Headers;
using Workers.Engine.Log;
using Workers.Engine.Session;
using Workers.Engine.Store;
using Workers.Tests.Schedules;

namespace Workers.Tests.Flows;

/// <summary>Ids of what a command causes that was a dead letter before: whoever reads the log takes what has a known id for a repeat.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed class ReplayedIdsTests
{
    [Test]
    public async Task What_a_replayed_command_causes_has_other_ids_than_what_was_told_when_it_was_given_up()
    {
        using var engine = new CommandEngine();
        var command = engine.Record(new CreateProduct { ProductId = "p", Name = "Laptop", Price = 1 });
        await engine.RunAsync(Like(command, command.Headers, "{"u8.ToArray()));
        engine.OutcomeOf(command.Id)!.State.ShouldBe(CommandState.DeadLettered);
        var letter = Ids.Derived(command.Id, "commands").ToString();

        await engine.RunAsync(new EditDeadLetter
        {
            LetterId = letter,
            RecordKey = "p",
            NewType = nameof(CreateProduct),
            NewKey = "p",
            Data = """{"product_id":"p","name":"Laptop","price":1}""",
        });
        await engine.RunAsync(new ReplayDeadLetter { LetterId = letter, RecordKey = "p" });

        engine.OutcomeOf(command.Id)!.State.ShouldBe(CommandState.Succeeded);
        var told = engine.Flushes.SelectMany(flush => flush.Outgoing).Where(record => record.Headers.Get(HeaderName.Command) == command.Id.ToString()).ToList();
        told.Select(record => record.Headers.Get(HeaderName.Type)).ShouldBe(["CommandCompleted", "ProductCreated"]);
        told.Select(record => record.Id).ShouldBeUnique();
    }

    [Test]
    public void They_are_the_same_at_every_attempt_and_others_where_it_is_put_back_once_more()
    {
        using var engine = new CommandEngine();
        var command = engine.Record(new CreateProduct { ProductId = "p", Name = "Laptop", Price = 1 });
        var replayed = command.Headers.With(HeaderName.Replay, "commands");

        var first = Made(replayed, 7);

        Made(replayed, 7).ShouldBe(first);
        Made(replayed, 8).Intersect(first).ShouldBeEmpty();
        Made(command.Headers, 7).ShouldBe([Ids.Child(command.Id, 1), Ids.Child(command.Id, 2)]);

        List<Guid> Made(HeaderBlock headers, long offset)
        {
            var record = Like(command, headers, command.Value);
            (record.Partition, record.Offset) = (0, offset);
            var scope = new RecordScope(record, engine.Clock.GetUtcNow(), 1, flow: null);
            return [scope.NextId(), scope.NextId()];
        }
    }

    private static LogRecord Like(LogRecord record, HeaderBlock headers, ReadOnlyMemory<byte> value) => new()
    {
        Id = record.Id,
        Topic = record.Topic,
        Key = record.Key,
        TimestampMs = record.TimestampMs,
        Headers = headers,
        Value = value,
    };
}
