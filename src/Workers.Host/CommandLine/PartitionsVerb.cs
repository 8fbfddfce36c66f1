using System.CommandLine;
using Workers.Host.Configuration;
using Workers.Host.Growing;

namespace Workers.Host.CommandLine;

/// <summary>Gives the topics more partitions, while nothing else is at work on them.</summary>
internal static class PartitionsVerb
{
    public static Command Make(Terminal terminal)
    {
        var to = new Option<int>("--to") { Description = "How many each topic is to have", HelpName = "N", Required = true };
        var timeout = new Option<string>("--timeout")
        {
            Description = "How long to execute what waits in the log, before it is given up and nothing was changed",
            HelpName = "DURATION",
            DefaultValueFactory = _ => "10m",
        };
        return new Command("partitions", "Give the topics more partitions; all other processes must be stopped") { to, timeout }.Does(parsed =>
            new PartitionGrowing(CommonOptions.Settings(parsed, terminal), parsed.GetRequiredValue(to), Limit(parsed.GetRequiredValue(timeout)), terminal).RunAsync());
    }

    private static TimeSpan Limit(string text)
    {
        try
        {
            return (TimeSpan)OptionText.Parse(text, typeof(TimeSpan));
        }
        catch (FormatException error)
        {
            throw new ConfigurationException($"--timeout {error.Message}");
        }
    }
}
