namespace Workers.Engine.Options;

/// <summary>What keeps what, by the names that the configuration gives them.</summary>
/// <param name="State"><c>sqlite</c> or <c>mysql</c>.</param>
/// <param name="ReadModels">And the audit trail: <c>sqlite</c> or <c>mongodb</c>.</param>
public sealed record StorageKinds(string State, string ReadModels);
