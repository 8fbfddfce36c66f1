using NUnit.Framework;
using Shouldly;
using Workers.Engine.Log;
using Workers.Engine.Store;
using Workers.Host.CommandLine;

namespace Workers.Architecture;

public sealed class StartupFailureTests
{
    [Test]
    public void A_server_that_goes_away_under_a_verb_is_a_sentence_and_no_stack_trace()
    {
        Exception[] away =
        [
            new StoreUnavailableException("MySQL did not do what was asked: Too many connections"),
            new InvalidOperationException("wrapped", new LogUnavailableException("Kafka does not answer.")),
        ];

        away.Select(StartupFailure.Explain).Select(told => (told!.Value.ExitCode, told.Value.Sentences.Single())).ShouldBe(
        [
            (ExitCodes.Unavailable, "MySQL did not do what was asked: Too many connections. Try again when that is over."),
            (ExitCodes.Unavailable, "Kafka does not answer. Try again when that is over."),
        ]);
    }

    [Test]
    public void A_fault_of_the_program_is_not_explained_away() => StartupFailure.Explain(new InvalidOperationException("fault")).ShouldBeNull();
}
