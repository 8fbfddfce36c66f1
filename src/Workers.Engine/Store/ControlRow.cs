namespace Workers.Engine.Store;

/// <summary>
/// Something that concerns every worker: a pause, a fence, a cancel, a handler, a breaker's reset. One table holds them all, with one version that every
/// change moves, so that whoever follows it asks for one number.
/// </summary>
/// <param name="Kind">What it is.</param>
/// <param name="Name">Which one of its kind.</param>
/// <param name="Version">The version that wrote it.</param>
/// <param name="Data">UTF-8 JSON; null where it was taken back: the row stays, so that whoever follows by version hears of it.</param>
public sealed record ControlRow(string Kind, string Name, long Version, long AtMs, byte[]? Data);

/// <summary>Makes or replaces a row; without data it takes it back.</summary>
public sealed record ControlWrite(string Kind, string Name, long AtMs, byte[]? Data);

/// <summary>A row that nobody needs any more. The version stays: to whom it is still known it means nothing.</summary>
public readonly record struct ControlName(string Kind, string Name);
