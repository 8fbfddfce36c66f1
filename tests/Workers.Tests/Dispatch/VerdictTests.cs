using System.Text.Json;
using MassTransit;
using NUnit.Framework;
using Shouldly;
using Workers.Engine.Dispatch;
using Workers.Engine.Log;

namespace Workers.Tests.Dispatch;

[Parallelizable(ParallelScope.All)]
public sealed class VerdictTests
{
    private static readonly CancellationToken Stopping = new(canceled: true);

    private static readonly TestCaseData[] Known =
    [
        new(new CommandRefused("NO", "no"), VerdictKind.Refused, ""),
        new(new RetryLater("busy"), VerdictKind.RetryLater, ""),
        new(new UnreadableMessageException("?", null), VerdictKind.Poison, "unreadable"),
        new(new UnknownReceiverException("a", "b"), VerdictKind.Poison, "poison"),
        new(new SagaException("no instance", typeof(OrderState), typeof(Placed)), VerdictKind.Poison, "poison"),
        new(new NotAcceptedStateMachineException(typeof(OrderState), typeof(Placed), Guid.Empty, "Done", new InvalidOperationException()), VerdictKind.Poison, "poison"),
        new(new MessageNotConsumedException(), VerdictKind.Poison, "poison"),
        new(new JsonException(), VerdictKind.Poison, "poison"),
        new(new LogUnavailableException("full"), VerdictKind.Abandon, ""),
        new(new InvalidOperationException(), VerdictKind.Transient, ""),
        new(new HttpRequestException(), VerdictKind.Transient, ""),
    ];

    [TestCaseSource(nameof(Known))]
    public void Each_error_has_its_consequence(Exception error, VerdictKind kind, string reason) =>
        Verdict.Of(error, CancellationToken.None).ShouldBe(new Verdict(kind, error, null, reason));

    [Test]
    public void A_handler_says_when_it_wants_to_be_called_again() =>
        Verdict.Of(new RetryLater("busy", TimeSpan.FromSeconds(7)), CancellationToken.None).After.ShouldBe(TimeSpan.FromSeconds(7));

    [Test]
    public async Task A_cancellation_counts_as_one_only_while_stopping_and_else_as_a_time_limit_that_was_met()
    {
        await using var group = new Dispatching(bus => bus.AddConsumer<TooSlow>(), made => [made.Consumer<TooSlow>("slow")]);

        var error = await Should.ThrowAsync<Exception>(() => group.Take(new Place("o1")));

        Verdict.Of(error, Stopping).Kind.ShouldBe(VerdictKind.Cancelled);
        Verdict.Of(error, CancellationToken.None).Kind.ShouldBe(VerdictKind.Transient);
    }

    private sealed class TooSlow : IConsumer<Place>
    {
        public Task Consume(ConsumeContext<Place> context) => throw new TaskCanceledException("The request took too long.");
    }
}
