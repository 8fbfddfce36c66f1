using NUnit.Framework;
using Shouldly;
using Workers.Host.Configuration;

namespace Workers.Architecture.Configuration;

/// <summary><c>.env.example</c> has a line for each key: <c># Workers__Log__Partitions=4</c>, below a comment that says what it is.</summary>
[Parallelizable(ParallelScope.All)]
public sealed class DocumentedConfigurationTests
{
    private static readonly string[] Lines = File.ReadAllLines(Path.Combine(Repository.Root, ".env.example"));

    // A gateway is any name; the example shows one.
    private static readonly OptionKey[] Keys =
        [.. OptionKey.Of(new WorkersOptions(), "Workers").Where(k => !k.Name.StartsWith("Workers:Gateways:", StringComparison.Ordinal)
            || k.Name.StartsWith("Workers:Gateways:stripe:", StringComparison.Ordinal))];

    [Test]
    public void Every_key_is_documented_with_its_default_and_nothing_else_is() =>
        Documented().ShouldBe(Keys.Select(k => $"{k.EnvironmentName}={k.Text}"), ignoreOrder: true);

    [Test]
    public void Every_line_is_commented_out_below_a_sentence()
    {
        for (var i = 0; i < Lines.Length; i++)
        {
            if (Lines[i].Contains("Workers__", StringComparison.Ordinal))
            {
                Lines[i].ShouldStartWith("# Workers__");
                (i > 0 && Lines[i - 1].StartsWith("# ", StringComparison.Ordinal) && !Lines[i - 1].Contains('=')).ShouldBeTrue(Lines[i]);
            }
        }
    }

    [Test]
    public void The_documented_lines_are_a_configuration_that_starts() =>
        ConfigurationReader.Read(
            new Dictionary<string, Setting>(),
            Documented().Select(l => l.Split('=', 2)).ToDictionary(p => p[0], p => p[1])).Warnings.ShouldBeEmpty();

    private static IEnumerable<string> Documented() =>
        Lines.Where(l => l.StartsWith("# Workers__", StringComparison.Ordinal)).Select(l => l[2..]);
}
