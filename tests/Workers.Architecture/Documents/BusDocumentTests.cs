using System.Text.RegularExpressions;
using NUnit.Framework;
using Shouldly;

namespace Workers.Architecture.Documents;

[Parallelizable(ParallelScope.All)]
public sealed partial class BusDocumentTests
{
    private static readonly string[] Sources = [.. Repository.Files("docs/examples", "*.cs").Select(p => Plain(Repository.Text(p)))];

    [Test]
    public void Each_example_in_the_page_is_code_that_is_compiled()
    {
        var blocks = Block().Matches(Repository.Text("docs/bus.md")).Select(m => Plain(m.Groups["code"].Value)).ToList();

        blocks.Count.ShouldBeGreaterThan(8);
        blocks.Where(b => !Sources.Any(s => s.Contains(b, StringComparison.Ordinal))).ShouldBeEmpty();
    }

    [Test]
    public void The_page_names_every_middleware_and_error()
    {
        var page = Repository.Text("docs/bus.md");
        var names = Product.Assembly("Workers.Bus").GetExportedTypes()
            .Where(t => t is { IsClass: true } && t.Name.EndsWith("Middleware", StringComparison.Ordinal)).Select(t => t.Name)
            .Concat(Enum.GetNames<Bus.BusError>());

        names.Where(n => !page.Contains(n, StringComparison.Ordinal)).ShouldBeEmpty();
    }

    // Without indentation: a block in the page begins at its margin.
    private static string Plain(string code) => string.Join('\n', code.Trim().Split('\n').Select(l => l.Trim()));

    [GeneratedRegex("^```csharp\n(?<code>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();
}
