namespace Workers.Engine.Repositories;

/// <summary>A user, order, payment or product as callers see it.</summary>
/// <param name="Version">How many events have made it; from 1.</param>
/// <param name="Data">One JSON object, UTF-8, sensitive values hidden.</param>
public sealed record ResourceDocument(string Id, long Version, ReadOnlyMemory<byte> Data);
