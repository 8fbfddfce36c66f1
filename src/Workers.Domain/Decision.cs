using Workers.Contracts.Events;

namespace Workers.Domain;

/// <summary>What a rule decided: events that happen, or a refusal.</summary>
public readonly record struct Decision
{
    private readonly IReadOnlyList<IDomainEvent>? _events;

    private Decision(Refusal? refusal, IReadOnlyList<IDomainEvent>? events)
    {
        Refusal = refusal;
        _events = events;
    }

    /// <summary>The command has succeeded and changes nothing.</summary>
    public static Decision Nothing => default;

    /// <summary>Why not; null where the command succeeds.</summary>
    public Refusal? Refusal { get; }

    /// <summary>What happens; with a refusal what is told all the same (events of kind <see cref="EventInfo.IsAnnounced"/>).</summary>
    public IReadOnlyList<IDomainEvent> Events => _events ?? [];

    public static Decision Of(params IReadOnlyList<IDomainEvent> events) => new(null, events);

    public static Decision Refuse(Refusal refusal, params IReadOnlyList<IDomainEvent> told) => new(refusal, told);

    public static implicit operator Decision(Refusal refusal) => Refuse(refusal);
}
