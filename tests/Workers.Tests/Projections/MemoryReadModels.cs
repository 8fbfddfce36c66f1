using Workers.Engine.Log;
using Workers.Engine.Projections;
using Workers.Engine.Repositories;
using Workers.Engine.Store;
using Workers.Tests.Follow;

namespace Workers.Tests.Projections;

/// <summary>Read models in memory, by the promises of the port.</summary>
internal sealed class MemoryReadModels : IReadModelStore
{
    private readonly Dictionary<(string Type, string Id), ReadModel> _models = [];

    public MemoryPositions Positions { get; } = new();

    public Dictionary<Guid, CommandRow> Commands { get; } = [];

    public Dictionary<Guid, CommandOutcomeRow> Outcomes { get; } = [];

    public List<ListedEvent> Events { get; } = [];

    public List<SavedModel> Saved { get; } = [];

    /// <summary>How often a model was written, the refused older ones too.</summary>
    public int Writes { get; private set; }

    public ReadModel? this[string type, string id] => _models.GetValueOrDefault((type, id));

    /// <summary>Returns when the model has reached this version.</summary>
    public Task Until(string type, string id, long version) => Positions.Until(() => this[type, id]?.Version >= version);

    public Task<PositionRow> TakeAsync(string group, PartitionId partition, CancellationToken cancellation) => Task.FromResult(Positions.Take(partition));

    public Task<FlushResult> ApplyAsync(IReadOnlyList<PositionMove> positions, ReadModelBatch batch, CancellationToken cancellation) =>
        Task.FromResult(Positions.Commit(positions, () => Write(batch)));

    public ValueTask<ReadModel?> FindAsync(string type, string id, CancellationToken cancellation) => new(this[type, id]);

    public ValueTask<IReadOnlyList<ReadModel>> FindAllAsync(string type, IReadOnlyCollection<string> ids, CancellationToken cancellation) =>
        new([.. ids.Select(id => this[type, id]).OfType<ReadModel>()]);

    public ValueTask<Page<ReadModel>> ListAsync(ReadModelQuery query, CancellationToken cancellation) => throw new NotSupportedException();

    public ValueTask<IReadOnlyList<ReadModel>> FindAsync(SpecificationQuery query, CancellationToken cancellation) => throw new NotSupportedException();

    public ValueTask<IReadOnlyList<SpecificationGroup>> GroupAsync(GroupQuery query, CancellationToken cancellation) => throw new NotSupportedException();

    public ValueTask<CommandRow?> FindCommandAsync(Guid id, CancellationToken cancellation) => throw new NotSupportedException();

    public ValueTask<IReadOnlyList<CommandRow>> FindByCallerIdAsync(string callerId, CancellationToken cancellation) => throw new NotSupportedException();

    public ValueTask<Page<CommandRow>> ListCommandsAsync(CommandQuery query, CancellationToken cancellation) => throw new NotSupportedException();

    private void Write(ReadModelBatch batch)
    {
        foreach (var model in batch.Models)
        {
            Writes++;
            if (model.Version >= (this[model.Type, model.Id]?.Version ?? 0))
            {
                _models[(model.Type, model.Id)] = model;
            }
        }

        Events.AddRange(batch.Events);
        Saved.AddRange(batch.Saved);
        batch.Commands.ForEach(c => Commands.TryAdd(c.Id, c));
        foreach (var outcome in batch.Outcomes.Where(o => o.CompletedMs >= (Outcomes.GetValueOrDefault(o.Id)?.CompletedMs ?? 0)))
        {
            Outcomes[outcome.Id] = outcome;
        }
    }
}
