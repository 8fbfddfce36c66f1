namespace Workers.Host.Configuration;

/// <summary>A value that somebody gave, and who.</summary>
/// <param name="Value">As written.</param>
/// <param name="Source">As shown by <c>describe</c> and in errors: <c>--data</c>, <c>environment</c>, <c>PORT</c>, <c>configs/config.yaml server.port</c>.</param>
internal sealed record Setting(string Value, string Source);
