namespace Workers.Host.Logging;

/// <summary>The program's own log.</summary>
internal sealed class LineLoggerProvider(IReadOnlyList<ILineSink> sinks, TimeProvider time) : ILoggerProvider, ISupportExternalScope
{
    private readonly LineQueue _queue = new(sinks, time);
    private IExternalScopeProvider? _scopes;

    public ILogger CreateLogger(string categoryName) => new LineLogger(categoryName, _queue, () => _scopes, time);

    public void SetScopeProvider(IExternalScopeProvider scopeProvider) => _scopes = scopeProvider;

    public void Dispose() => _queue.Dispose();
}
