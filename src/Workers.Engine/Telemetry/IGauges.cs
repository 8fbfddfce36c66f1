namespace Workers.Engine.Telemetry;

/// <summary>Figures that are looked up now and then, and shown until the next look.</summary>
public interface IGauges
{
    /// <summary>Shows them from now on.</summary>
    void Show();

    /// <summary>Looks anew.</summary>
    /// <exception cref="Log.LogUnavailableException">The log cannot say; what was shown stays.</exception>
    /// <exception cref="Store.StoreUnavailableException">The store cannot be read; what was shown stays.</exception>
    Task LookAsync(CancellationToken cancellation);
}
