using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Workers.Contracts;
using Workers.Contracts.Commands;
using Workers.Host.Configuration;

namespace Workers.Host.CommandLine;

/// <summary>Roles, topics, commands, and the configuration in force with where each value came from; secrets masked.</summary>
internal static class DescribeVerb
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static Command Make(Terminal terminal)
    {
        var json = CommonOptions.Json();
        return new Command("describe", "Print roles, topics, commands and the configuration in force") { json }.Does(parsed =>
        {
            Describe(CommonOptions.Settings(parsed, terminal), terminal, parsed.GetValue(json));
            return Task.FromResult(ExitCodes.Ok);
        });
    }

    private static void Describe(Settings settings, Terminal terminal, bool json)
    {
        var configuration = new Table("key", "value", "source");
        foreach (var (key, value, source) in settings.Rows())
        {
            configuration.Add(key, value, source);
        }

        var prefix = settings.Options.HasKafka() ? settings.Options.Kafka.Prefix : "";
        var partitions = settings.Options.HasKafka() ? settings.Options.Kafka.Partitions : settings.Options.Log.Partitions;
        var topics = new Table("topic", "partitions");
        foreach (var topic in Topics.All)
        {
            topics.Add(prefix + topic, $"{(topic == Topics.Control ? 1 : partitions)}");
        }

        foreach (var feed in Topics.Feeds.Where(feed => settings.Options.HasKafka() || settings.Options.Feeds.Has(feed)))
        {
            topics.Add(prefix + settings.Options.Feeds.NameOf(feed), $"{(settings.Options.HasKafka() ? settings.Options.Feeds.Partitions : 1)}");
        }

        var commands = new Table("command", "kind");
        foreach (var command in CommandCatalog.All.Where(c => !c.IsInternal))
        {
            commands.Add(command.Name, command.Kind);
        }

        var roles = settings.Options.Roles.Contains(RoleNames.Everything) ? RoleNames.All : settings.Options.Roles;
        if (json)
        {
            terminal.Line(new JsonObject
            {
                ["version"] = Verbs.Version,
                ["roles"] = new JsonArray([.. roles.Select(r => (JsonNode)r)]),
                ["topics"] = topics.ToJson(),
                ["commands"] = commands.ToJson(),
                ["configuration"] = configuration.ToJson(),
            }.ToJsonString(Indented));
            return;
        }

        terminal.Line($"Workers {Verbs.Version}");
        terminal.Line($"Roles: {string.Join(", ", roles)}");
        foreach (var table in new[] { topics, commands, configuration })
        {
            terminal.Line("");
            table.Write(terminal.Out, json: false);
        }
    }
}
