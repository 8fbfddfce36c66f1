namespace Workers.Api.Reads;

/// <summary>The flows whose instances are shown; their states are of kind <c>flow:{name}</c>.</summary>
public sealed record SagaNames(IReadOnlyList<string> Names)
{
    /// <summary>For a flow's name and state the events that it waits for there.</summary>
    public Func<string, string, IReadOnlyList<string>> WaitsFor { get; init; } = static (_, _) => [];

    /// <summary>For a flow's name how it goes from state to state.</summary>
    public Func<string, IReadOnlyList<SagaTransition>> Transitions { get; init; } = static _ => [];
}

/// <summary>An event that takes a flow from a state to another.</summary>
public sealed record SagaTransition(string From, string Event, string To);
