using System.ComponentModel.DataAnnotations;
using System.Net;
using Workers.Engine.Identity;

namespace Workers.Engine.Options;

/// <summary><c>Workers:Api</c>: the HTTP door.</summary>
public sealed class ApiOptions : IValidatableObject
{
    /// <summary>How long a write waits for its outcome before it answers 202. Default 10 s, at most the write timeout − 5 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan Wait { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a request's headers and body may take to arrive. Default 30 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan ReadTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long an answer may take, live streams aside. Default 30 s.</summary>
    [Range(typeof(TimeSpan), "00:00:06", "01:00:00")]
    public TimeSpan WriteTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a connection stays open without a request. Default 120 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromSeconds(120);

    /// <summary>A longer body is 413. Default 1 MiB.</summary>
    [Range(typeof(long), "1024", "16777216")]
    public long MaxBodyBytes { get; set; } = 1 << 20;

    /// <summary>
    /// Roles of callers without a key, wherever they are, also when there are keys. Default none: without keys only this machine is served. <c>admin</c> lets whoever
    /// reaches the address do everything: for development behind a port that only this machine reaches.
    /// </summary>
    public IReadOnlyList<string> Anonymous { get; set; } = [];

    /// <summary>
    /// Names by which callers without a key may call this server while <see cref="Anonymous"/> lets them in; addresses and <c>localhost</c> are always such. Default
    /// none: then every name without a dot is one too, as those of containers. A page of another site can lead its own name here, but no such one.
    /// </summary>
    public IReadOnlyList<string> Hosts { get; set; } = [];

    /// <summary>
    /// Addresses and networks (<c>10.0.0.0/8</c>) of the proxies before this server: what they say of a caller (<c>X-Forwarded-For</c>, <c>-Proto</c>, <c>-Host</c>,
    /// <c>-Prefix</c>) is believed. Default none: what came through a proxy is nobody's of this machine.
    /// </summary>
    public IReadOnlyList<string> TrustedProxies { get; set; } = [];

    /// <summary>One line a request in the log: method, route, status, milliseconds, trace id. Default true.</summary>
    public bool AccessLog { get; set; } = true;

    /// <summary>Writes that are in work at once, and as many reads; one more is 503 before its body is read. Live streams and administration are not counted. Default 5,000.</summary>
    [Range(1, 1_000_000)]
    public int MaxInFlight { get; set; } = 5_000;

    /// <summary>Records that wait in the log to be executed; with more, what would add to them is 503. Default 2,000,000.</summary>
    [Range(1L, 1_000_000_000_000L)]
    public long MaxBacklog { get; set; } = 2_000_000;

    /// <summary>How old the oldest of them may be, and how long executing them all may take as it goes now; beyond, what would add to them is 503. Default 1 h, at least 10 s: what is known of it may be some seconds old.</summary>
    [Range(typeof(TimeSpan), "00:00:10", "30.00:00:00")]
    public TimeSpan MaxBacklogTime { get; set; } = TimeSpan.FromHours(1);

    public RateLimitOptions RateLimit { get; set; } = new();

    public JwtOptions Jwt { get; set; } = new();

    public CorsOptions Cors { get; set; } = new();

    /// <summary>Rules over several keys.</summary>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var role in Anonymous.Except(Roles.Names))
        {
            yield return new($"Workers:Api:Anonymous names '{role}'; there are: {string.Join(", ", Roles.Names)}");
        }

        foreach (var proxy in TrustedProxies.Where(proxy => NetworkOf(proxy) is null))
        {
            yield return new($"Workers:Api:TrustedProxies has '{proxy}', which is neither an address (10.0.0.7) nor a network (10.0.0.0/8, without bits behind its prefix)");
        }

        foreach (var result in Jwt.Validate().Concat(Cors.Validate()))
        {
            yield return result;
        }
    }

    /// <summary>An address is the network of itself; null where the text is neither.</summary>
    public static IPNetwork? NetworkOf(string text) => IPAddress.TryParse(text, out var address) ? new IPNetwork(address, address.GetAddressBytes().Length * 8)
        : IPNetwork.TryParse(text, out var network) ? network
        : null;

    /// <summary>The longest wait a caller may ask for.</summary>
    public TimeSpan MaxWait => WriteTimeout - TimeSpan.FromSeconds(5);
}
