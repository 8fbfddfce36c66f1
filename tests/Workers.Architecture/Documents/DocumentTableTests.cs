using System.Text.RegularExpressions;
using NUnit.Framework;
using Shouldly;

namespace Workers.Architecture.Documents;

/// <summary><c>docs/documents.md</c> says which test proves what: <c>`Class.Method`</c>.</summary>
[Parallelizable(ParallelScope.All)]
public sealed partial class DocumentTableTests
{
    [Test]
    public void Each_test_that_the_page_names_is_there()
    {
        var tests = Repository.Files("tests", "*Tests.cs")
            .SelectMany(p => Method().Matches(Repository.Text(p)).Select(m => $"{Path.GetFileNameWithoutExtension(p)}.{m.Groups["name"].Value}"))
            .ToHashSet();
        var named = Named().Matches(Repository.Text("docs/documents.md")).Select(m => m.Groups["name"].Value).ToList();

        named.ShouldNotBeEmpty();
        named.Where(n => !tests.Contains(n)).Distinct().ShouldBeEmpty();
    }

    [GeneratedRegex(@"public (async )?(Task|void|Property) (?<name>\w+)\(")]
    private static partial Regex Method();

    [GeneratedRegex(@"`(?<name>\w+Tests\.\w+)`")]
    private static partial Regex Named();
}
