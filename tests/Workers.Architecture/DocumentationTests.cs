using System.Text.RegularExpressions;
using NUnit.Framework;
using Shouldly;

namespace Workers.Architecture;

/// <summary>What a stranger reads first is there and says what works.</summary>
[Parallelizable(ParallelScope.All)]
public sealed class DocumentationTests
{
    [TestCase(@"dotnet run .*--project src/Workers\.Host\b")]
    [TestCase(@"^ +dotnet test\b")]
    [TestCase("curl .*/api/v1/orders")]
    public void The_readme_has_the_commands(string command) =>
        Repository.Text("README.md").Split('\n').ShouldContain(line => Regex.IsMatch(line, command));

    [Test]
    public void The_walk_of_a_command_is_short_and_names_files_that_exist()
    {
        var walk = Repository.Text("src/README.md");
        var names = Repository.Files("src", "*.cs").Select(p => Path.GetFileName(p)).ToHashSet();

        walk.Split('\n').Length.ShouldBeLessThanOrEqualTo(81);
        walk.Split(['`', ' ', '(', ')', ',', '|', '/', '\n']).Where(w => w.EndsWith(".cs", StringComparison.Ordinal) && !w.Contains('*')).Except(names).ShouldBeEmpty();
    }

    [TestCase("LICENSE", "Apache License")]
    [TestCase("CHANGELOG.md", "0.1.0")]
    [TestCase(".ci/run", "#!/usr/bin/env bash")]
    public void The_root_has_what_it_should(string file, string text) => Repository.Text(file).ShouldContain(text);
}
