namespace Workers.Engine.Effects;

/// <summary>No further attempt makes sense: the effect is given up at once, with a dead letter, as if its attempts were used up.</summary>
/// <param name="code">Of the dead letter and the result, such as <c>HANDLER_NOT_FOUND</c>.</param>
/// <param name="reason">For people.</param>
public sealed class EffectAbandoned(string code, string reason) : Exception(reason)
{
    public string Code { get; } = code;
}
