using NUnit.Framework;
using Shouldly;
using Workers.EndToEnd.Running;

namespace Workers.EndToEnd;

/// <summary>What an adapter needs of the distribution is missing: one sentence says which package has it.</summary>
public sealed class MissingLibraryTests : IDisposable
{
    private readonly DataDirectory _data = new();
    private readonly DataDirectory _libraries = new();

    public void Dispose()
    {
        _data.Dispose();
        _libraries.Dispose();
    }

    [TestCase("Workers__Log=kafka", "librdkafka.so.1", "install the Debian package librdkafka1")]
    [TestCase("Workers__MongoDb__ConnectionString=mongodb://127.0.0.1:1", "libmongoc-1.0.so.0", "install the Debian package libmongoc-1.0-0")]
    public async Task A_library_that_cannot_be_loaded_is_said(string setting, string library, string remedy)
    {
        // Found first, and no library.
        await File.WriteAllTextAsync(Path.Combine(_libraries.FullName, library), "");
        var (name, value) = (setting.Split('=')[0], setting.Split('=')[1]);

        var ended = await RunningProgram.RunAsync(
            _data.FullName, environment: new Dictionary<string, string> { [name] = value, ["LD_LIBRARY_PATH"] = _libraries.FullName });

        ended.ExitCode.ShouldBe(5, ended.Output + ended.Error);
        var sentence = ended.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries).ShouldHaveSingleItem();
        sentence.ShouldStartWith("error: ");
        sentence.ShouldContain(library);
        sentence.ShouldContain(remedy);
    }
}
