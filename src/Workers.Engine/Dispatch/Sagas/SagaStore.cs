using MassTransit;
using Workers.Engine.Dispatch.Contexts;
using Workers.Engine.Session;

namespace Workers.Engine.Dispatch.Sagas;

/// <summary>A saga's instances in the session of the record in hand: read once a batch, written once, and only if they changed.</summary>
internal sealed class SagaStore<TSaga>(LogReceiveContext receive)
    where TSaga : class, ISaga
{
    private readonly BatchSession _session = receive.Session;
    private readonly StateType _type = receive.Receiver.StateType
        ?? throw new InvalidOperationException($"{typeof(TSaga)} is reached through {receive.Receiver}, which is no saga's receiver.");

    /// <summary>The live instance, which the state machine changes in place; null where there is none.</summary>
    public TSaga? Load(Guid id)
    {
        var entry = Entry(id);
        if (entry.Live is not TSaga live)
        {
            return null;
        }

        _session.Remember(entry);
        return live;
    }

    public bool Exists(Guid id) => Entry(id).Live is not null;

    /// <summary>Stages the instance where it is new or has changed: an ignored event writes nothing.</summary>
    public void Put(TSaga instance)
    {
        var entry = Entry(instance.CorrelationId);
        byte[]? written = null;
        if (entry.Live is null)
        {
            _session.Remember(entry);
        }
        else if ((written = _session.Changes(entry)) is null)
        {
            return;
        }

        if (instance is ISagaVersion counted)
        {
            counted.Version++;
            written = null;
        }

        _session.Set(entry, instance);
        entry.Image = written;
        entry.Label = SagaLabel<TSaga>.Of(instance);
    }

    public void Delete(Guid id)
    {
        var entry = Entry(id);
        if (entry.Live is not null)
        {
            _session.Set(entry, null);
        }
    }

    private StateEntry Entry(Guid id)
    {
        receive.Instance = id;
        return _session.Get(_type, id.ToString("D"));
    }
}
