namespace Workers.Api.Reads;

/// <summary>The flows whose instances are shown; their states are of kind <c>flow:{name}</c>.</summary>
public sealed record SagaNames(IReadOnlyList<string> Names)
{
    /// <summary>For a flow's name and state the events that it waits for there.</summary>
    public Func<string, string, IReadOnlyList<string>> WaitsFor { get; init; } = static (_, _) => [];
}
