using NUnit.Framework;
using Shouldly;
using Workers.Contracts.Headers;

namespace Workers.Tests.Contracts;

[Parallelizable(ParallelScope.All)]
public sealed class CompletedTests
{
    [TestCase("2;0;1.5;CreateUser", "CreateUser")]
    [TestCase("2;0;1.5;sample;of;theirs", "sample;of;theirs")]
    [TestCase("2;0;1.5", "", Description = "Of a version that did not say the type")]
    public void How_a_command_went_is_read_from_the_records_of_every_version(string header, string type) =>
        Read(header).ShouldBe(new Completed(2, 0, 1.5m, type));

    [TestCase("")]
    [TestCase("2;0")]
    [TestCase("two;0;1;CreateUser")]
    [TestCase("2;0;1,x")]
    public void What_says_nothing_of_it_is_passed_over(string header) => Read(header).ShouldBeNull();

    [Test]
    public void It_is_read_as_it_was_written()
    {
        var completed = new Completed(1, 12.25m, 0.001m, "CreateOrder");
        Read(completed.ToString()).ShouldBe(completed);
    }

    private static Completed? Read(string header) => Completed.Of(new HeaderWriter().Add(HeaderName.Completed, header).Take());
}
