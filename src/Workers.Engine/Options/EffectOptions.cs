using System.ComponentModel.DataAnnotations;

namespace Workers.Engine.Options;

/// <summary><c>Workers:Effects</c>: calls to the outside.</summary>
public sealed class EffectOptions
{
    /// <summary>Calls under way at once, over all keys. Default 64.</summary>
    [Range(1, 10_000)]
    public int Concurrency { get; set; } = 64;
}
