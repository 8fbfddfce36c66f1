using Workers.Engine.Options;

namespace Workers.Host.Configuration;

/// <summary><c>Workers:Redis</c>: used where <c>Workers:Cache</c> is <c>redis</c>.</summary>
internal sealed class RedisSection
{
    /// <summary>
    /// <c>redis://:password@host:6379/0</c>, <c>rediss:</c> with TLS, or <c>host:6379,password=…</c> as StackExchange.Redis writes it. Naming it chooses Redis
    /// unless <c>Workers:Cache</c> says otherwise.
    /// </summary>
    [Secret]
    public string ConnectionString { get; set; } = "";
}
