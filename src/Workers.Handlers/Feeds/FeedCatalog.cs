using Workers.Contracts;
using Workers.Contracts.Events;
using Workers.Engine.Store;
using Workers.Handlers.Projections;

namespace Workers.Handlers.Feeds;

/// <summary>Everything that the public feeds tell, from the table of their names. Besides, <c>cqrs-events</c> has what callers post, by its own type.</summary>
public static class FeedCatalog
{
    public static IReadOnlyList<FeedMessage> All { get; } =
    [
        .. Enum.GetValues<CommandState>().Select(FeedNames.Of).OfType<string>().Distinct()
            .Select(type => new FeedMessage(Topics.CommandEvents, type, FeedData.Command, [])),
        new FeedMessage(Topics.CommandEvents, FeedNames.MetricsSnapshot, FeedData.Figures, []),
        .. EventCatalog.All.SelectMany(info => FeedNames.Of(info).Select(told => (told.Topic, told.Type, Info: info)))
            .GroupBy(told => (told.Topic, told.Type, Data: DataOf(told.Topic, told.Info)))
            .Select(told => new FeedMessage(told.Key.Topic, told.Key.Type, told.Key.Data, [.. told.Select(one => one.Info)])),
    ];

    private static FeedData DataOf(string topic, EventInfo info) =>
        topic == Topics.RepositoryEvents && !info.IsAnnounced && ModelTypes.OfEntity(info.Entity) is not null ? FeedData.Entity : FeedData.Event;
}
