using System.Text;
using Workers.Contracts;
using Workers.Contracts.Commands;
using Workers.Contracts.Effects;
using Workers.Contracts.Headers;
using Workers.Engine.Control;
using Workers.Engine.Log;
using Workers.Engine.Projections;
using Workers.Engine.Store;

namespace Workers.Handlers.Feeds;

/// <summary>
/// What subscriptions are told of a command's end: a delivery each, an effect whose id comes from the record that tells of the end, so that telling again makes the
/// same. What the platform sends itself is nobody's concern. Tests: CompletionTests.
/// </summary>
internal sealed class Completions(ControlFeed control)
{
    private IReadOnlyList<SubscriptionRow> _subscriptions = [];

    public bool Any => _subscriptions.Count > 0;

    /// <summary>Who was told that it is subscribed is told of all that ends from then on, whatever this process has heard.</summary>
    public void Refresh() => _subscriptions = control.Ask().Subscriptions;

    /// <param name="told">The record that tells of the end.</param>
    /// <param name="row">The command.</param>
    /// <param name="end">What became of it.</param>
    /// <param name="type">What that is called in public.</param>
    /// <param name="data">The command's JSON.</param>
    public IEnumerable<LogRecord> Of(LogRecord told, CommandRow row, CommandOutcomeRow end, string type, byte[] data)
    {
        if (CommandCatalog.Find(row.Type) is { IsInternal: true })
        {
            yield break;
        }

        foreach (var subscription in _subscriptions.Where(one => one.Wants(row.Kind, row.Type, end.State.Name(), end.CompletedMs)))
        {
            var id = Ids.Derived(told.Id, subscription.Id);
            yield return new LogRecord
            {
                Id = id,
                Topic = Topics.Effects,
                Key = id.ToString(),
                TimestampMs = told.TimestampMs,
                Headers = new HeaderWriter().Add(HeaderName.Type, nameof(DeliverCompletion)).Add(HeaderName.Source, "workers")
                    .Add(HeaderName.CorrelationId, row.CorrelationId ?? row.Id.ToString()).Add(HeaderName.CausationId, row.Id.ToString())
                    .Add(HeaderName.TraceParent, told.Headers.Get(HeaderName.TraceParent)).Take(),
                Value = EffectCatalog.ToBytes(new DeliverCompletion
                {
                    DeliveryId = id.ToString(),
                    SubscriptionId = subscription.Id,
                    CommandId = row.Id.ToString(),
                    CommandType = row.Type,
                    Event = type,
                    Data = Encoding.UTF8.GetString(data),
                }),
            };
        }
    }
}
