using Workers.Host.Configuration;

namespace Workers.Host.Demo;

/// <summary>A demonstration has a directory of its own: what it breaks on purpose is nobody's.</summary>
internal static class DemoDirectory
{
    private const string Mark = "demo";

    /// <exception cref="ConfigurationException">Somebody's data lies there.</exception>
    public static void Claim(WorkersOptions options)
    {
        var mark = Path.Combine(options.Data, Mark);
        if (!File.Exists(mark) && File.Exists(EmbeddedFile.PathIn(options)))
        {
            throw new ConfigurationException(
                $"--demo sends traffic that fails on purpose, pauses queues and takes a handler out; {Path.GetFullPath(options.Data)} has data of its own. Name an empty directory with --data.");
        }

        Directory.CreateDirectory(options.Data);
        File.WriteAllText(mark, "This directory is a demonstration's (--demo).\n");
    }
}
