namespace Workers.Engine.Dispatch.Sagas;

/// <summary>The name of an instance's current state, by which instances are listed: its property <c>CurrentState</c>, a string.</summary>
internal static class SagaLabel<TSaga>
    where TSaga : class
{
    private static readonly Func<TSaga, string?>? Read =
        typeof(TSaga).GetProperty("CurrentState", typeof(string))?.GetMethod?.CreateDelegate<Func<TSaga, string?>>();

    public static string? Of(TSaga instance) => Read?.Invoke(instance);
}
