using System.Globalization;
using NUnit.Framework;
using Shouldly;

namespace Workers.Tests.Model;

/// <summary>
/// The protocol of pump, position, repeat filter and relay, explored whole: every order in which two workers, the store and the log can take their steps, with
/// deaths, answers that are lost, commits and sends that come late, and partitions that change hands at any moment.
/// </summary>
[Parallelizable(ParallelScope.All)]
internal sealed class ProtocolTests
{
    // Two keys; the first command is there twice.
    private const string Commands = "abaA";

    [TestCase("ab", 1, 1, 0, 0, 0, TestName = "Nothing_is_lost_or_done_twice_when_the_partition_changes_hands")]
    [TestCase("aba", 2, 0, 1, 0, 0, TestName = "Nothing_is_lost_or_done_twice_when_a_worker_dies_anywhere")]
    [TestCase("abaA", 2, 0, 0, 1, 0, TestName = "Nothing_is_lost_or_done_twice_when_the_end_of_a_flush_is_not_known")]
    [TestCase("abaA", 2, 0, 0, 0, 1, TestName = "Nothing_is_lost_or_done_twice_when_a_sender_is_replaced")]
    public void Holds(string commands, int largestBatch, int takes, int crashes, int lostAnswers, int lostSenders)
    {
        var exploration = new Exploration(new Protocol(commands, largestBatch));

        exploration.Run(ProtocolState.Start(new Faults(takes, crashes, lostAnswers, lostSenders))).ShouldBeNull();

        TestContext.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{exploration.States} states"));
        exploration.States.ShouldBeGreaterThan(1_000);
    }

    [TestCase(Mutation.NoEpochCheck)]
    [TestCase(Mutation.NoTurnCheck)]
    [TestCase(Mutation.ReloadsInTheSameEpoch)]
    [TestCase(Mutation.PositionBeforeOutcome)]
    [TestCase(Mutation.NoRepeatFilter)]
    [TestCase(Mutation.RepeatFilterOfTheStoreAlone)]
    [TestCase(Mutation.MarksBeforeItSends)]
    [TestCase(Mutation.TakesWithoutALook)]
    [TestCase(Mutation.SendsBeforeItLooks)]
    [TestCase(Mutation.HandsOverBehindAFailure)]
    [TestCase(Mutation.NoArrivals)]
    public void A_fault_in_the_protocol_is_found(Mutation mutation)
    {
        var exploration = new Exploration(new Protocol(Commands, largestBatch: 2, mutation));

        var found = exploration.Run(ProtocolState.Start(new Faults(Takes: 0, Crashes: 1, LostAnswers: 1, LostSenders: 0))).ShouldNotBeNull();

        TestContext.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{mutation}, after {exploration.States} states: {found}"));
        found.ShouldContain("worker 1");
    }
}
