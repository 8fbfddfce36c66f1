namespace Workers.Api.Reads;

/// <summary>The flows whose instances are shown; their states are of kind <c>flow:{name}</c>.</summary>
public sealed record SagaNames(IReadOnlyList<string> Names);
