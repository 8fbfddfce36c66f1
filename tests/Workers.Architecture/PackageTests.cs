using System.Diagnostics;
using System.IO.Compression;
using System.Xml.Linq;
using NUnit.Framework;
using Shouldly;

namespace Workers.Architecture;

[Parallelizable(ParallelScope.All)]
public sealed class PackageTests
{
    [Test]
    public async Task The_package_of_the_bus_is_complete_and_needs_nothing()
    {
        var output = Directory.CreateTempSubdirectory("workers-package-");
        try
        {
            await PackAsync(output.FullName);
            using var package = ZipFile.OpenRead(output.GetFiles("Workers.Bus.*.nupkg").Single().FullName);
            var files = package.Entries.Select(e => e.FullName).ToList();
            files.ShouldContain("lib/net10.0/Workers.Bus.dll");
            files.ShouldContain("lib/net10.0/Workers.Bus.xml");
            files.ShouldContain("README.md");
            output.GetFiles("Workers.Bus.*.snupkg").ShouldHaveSingleItem();

            await using var text = package.GetEntry("Workers.Bus.nuspec")!.Open();
            var nuspec = await XDocument.LoadAsync(text, LoadOptions.None, CancellationToken.None);
            string Value(string name) => nuspec.Descendants().Single(e => e.Name.LocalName == name).Value;
            (Value("id"), Value("license"), Value("readme")).ShouldBe(("Workers.Bus", "Apache-2.0", "README.md"));
            Value("description").ShouldNotBeEmpty();
            nuspec.Descendants().Count(e => e.Name.LocalName == "dependency").ShouldBe(0);
        }
        finally
        {
            output.Delete(recursive: true);
        }
    }

    // What was built with these tests; nothing is built or restored.
    private static async Task PackAsync(string output)
    {
        var configuration = AppContext.BaseDirectory.Contains($"{Path.DirectorySeparatorChar}Release{Path.DirectorySeparatorChar}", StringComparison.Ordinal) ? "Release" : "Debug";
        using var pack = Process.Start(new ProcessStartInfo("dotnet")
        {
            ArgumentList = { "pack", "src/Workers.Bus", "--no-build", "--configuration", configuration, "--output", output, "-nodeReuse:false" },
            WorkingDirectory = Repository.Root,
            RedirectStandardOutput = true,
            Environment = { ["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1", ["DOTNET_NOLOGO"] = "1", ["MSBUILDDISABLENODEREUSE"] = "1" },
        })!;
        var said = await pack.StandardOutput.ReadToEndAsync();
        await pack.WaitForExitAsync();
        pack.ExitCode.ShouldBe(0, said);
    }
}
