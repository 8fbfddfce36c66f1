using System.ComponentModel.DataAnnotations;

namespace Workers.Engine.Options;

/// <summary><c>Workers:Feeds</c>: the public topics that other systems read.</summary>
public sealed class FeedOptions : IValidatableObject
{
    /// <summary>False: the feeds role passes everything by; switched on again it goes on from there. Default true.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>Which feeds are written. Default all four.</summary>
    public IReadOnlyList<string> Topics { get; set; } = Contracts.Topics.Feeds;

    /// <summary>Partitions of each feed on Kafka, when its topic is made; one that is there already keeps what it has. Default 3.</summary>
    [Range(1, 1_000)]
    public int Partitions { get; set; } = 3;

    /// <summary>Name of <c>command-events</c> on Kafka.</summary>
    [Required]
    public string CommandEvents { get; set; } = Contracts.Topics.CommandEvents;

    /// <summary>Name of <c>order-events</c> on Kafka.</summary>
    [Required]
    public string OrderEvents { get; set; } = Contracts.Topics.OrderEvents;

    /// <summary>Name of <c>cqrs-events</c> on Kafka.</summary>
    [Required]
    public string CqrsEvents { get; set; } = Contracts.Topics.CqrsEvents;

    /// <summary>Name of <c>repository-events</c> on Kafka.</summary>
    [Required]
    public string RepositoryEvents { get; set; } = Contracts.Topics.RepositoryEvents;

    /// <summary>How Kafka calls a feed; null for any other topic.</summary>
    public string? NameOf(string topic) => topic switch
    {
        Contracts.Topics.CommandEvents => CommandEvents,
        Contracts.Topics.OrderEvents => OrderEvents,
        Contracts.Topics.CqrsEvents => CqrsEvents,
        Contracts.Topics.RepositoryEvents => RepositoryEvents,
        _ => null,
    };

    /// <summary>Whether this feed is written.</summary>
    public bool Has(string topic) => Enabled && Topics.Contains(topic);

    /// <summary>Rules over several keys.</summary>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var topic in Topics.Where(t => !Contracts.Topics.Feeds.Contains(t)))
        {
            yield return new($"Workers:Feeds:Topics names '{topic}'; there are: {string.Join(", ", Contracts.Topics.Feeds)}");
        }

        var names = Contracts.Topics.Feeds.Select(t => NameOf(t)!).ToList();
        if (names.Distinct(StringComparer.Ordinal).Count() < names.Count || names.Exists(Contracts.Topics.All.Contains))
        {
            yield return new("Workers:Feeds gives two topics one name on Kafka");
        }
    }
}
