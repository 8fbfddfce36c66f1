namespace Workers.Engine.Limits;

/// <summary>Which signed requests were served, so that none is served twice. It never fails.</summary>
public interface IReplayMemory
{
    /// <summary>Whether this is the first request with the signature; from now on there was one.</summary>
    /// <param name="keyId">Whose.</param>
    /// <param name="signature">Differs for each request.</param>
    /// <param name="until">Until when it would be taken: that long it is remembered.</param>
    /// <param name="cancellation">Ends the call.</param>
    ValueTask<bool> IsFirstAsync(string keyId, string signature, DateTimeOffset until, CancellationToken cancellation);
}
