using System.ComponentModel.DataAnnotations;
using Workers.Bus;
using Workers.Engine.Options;
using Workers.Engine.Pump;
using Workers.Kafka;
using Workers.Telemetry;

namespace Workers.Host.Configuration;

/// <summary>Everything under <c>Workers:</c>, one property a section. Filled and checked by <see cref="OptionsBinder"/>.</summary>
internal sealed class WorkersOptions : IValidatableObject
{
    /// <summary>Directory of the embedded files; made if it is not there. Default <c>data</c>.</summary>
    [Required]
    public string Data { get; set; } = "data";

    /// <summary>What this process does; <c>all</c> or names of <see cref="RoleNames"/>. Default <c>all</c>.</summary>
    [MinLength(1)]
    public IReadOnlyList<string> Roles { get; set; } = [RoleNames.Everything];

    /// <summary>Fills the program with traffic to look at, failures among it. Embedded only. Default false.</summary>
    public bool Demo { get; set; }

    public LogOptions Log { get; set; } = new();

    public StoreOptions Store { get; set; } = new();

    public AuditOptions Audit { get; set; } = new();

    public CacheOptions Cache { get; set; } = new();

    public KafkaOptions Kafka { get; set; } = new();

    public MySqlSection MySql { get; set; } = new();

    public MongoDbSection MongoDb { get; set; } = new();

    public RedisSection Redis { get; set; } = new();

    public FeedOptions Feeds { get; set; } = new();

    public MetricsOptions Metrics { get; set; } = new();

    public SchedulerOptions Scheduler { get; set; } = new();

    public PumpOptions Pump { get; set; } = new();

    public OutcomeOptions Outcomes { get; set; } = new();

    public DomainOptions Domain { get; set; } = new();

    public OrderFlowOptions OrderFlow { get; set; } = new();

    public RefundOptions Refunds { get; set; } = new();

    public IDictionary<string, GatewayOptions> Gateways { get; } = new SortedDictionary<string, GatewayOptions>(StringComparer.OrdinalIgnoreCase)
    {
        ["simulated"] = new(),
        ["stripe"] = new(),
        ["paypal"] = new(),
        ["razorpay"] = new(),
    };

    public BusSettings Bus { get; set; } = new();

    public EffectOptions Effects { get; set; } = new();

    public HandlerOptions Handlers { get; set; } = new();

    public NotificationOptions Notifications { get; set; } = new();

    public ApiOptions Api { get; set; } = new();

    public SocketOptions WebSocket { get; set; } = new();

    public EncryptionOptions Encryption { get; set; } = new();

    public SecurityOptions Security { get; set; } = new();

    public ServiceOptions Service { get; set; } = new();

    public ConsoleOptions Console { get; set; } = new();

    public CqrsOptions Cqrs { get; set; } = new();

    public TelemetryOptions Telemetry { get; set; } = new();

    public LoggingOptions Logging { get; set; } = new();

    /// <summary>Rules over several keys.</summary>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var role in Roles.Where(r => r != RoleNames.Everything && !RoleNames.All.Contains(r)))
        {
            yield return new($"Workers:Roles names '{role}'; there are: {string.Join(", ", RoleNames.All)}, or all");
        }

        foreach (var result in Shape.Validate(this).Concat(Feeds.Validate(validationContext)).Concat(Metrics.Validate(validationContext)).Concat(Cqrs.Validate(validationContext)).Concat(Api.Validate(validationContext)).Concat(Console.Validate(validationContext)).Concat(Encryption.Validate(validationContext)).Concat(this.HasKafka() ? Kafka.Validate(validationContext) : []))
        {
            yield return result;
        }

        if (Demo && (this.HasMySql() || this.HasKafka()))
        {
            yield return new("Workers:Demo (--demo) is for the embedded shape, without Kafka and MySQL: its traffic does not belong into a cluster");
        }

        if (Outcomes.Retention < (this.HasKafka() ? Kafka.Retention : Log.Retention))
        {
            yield return new(
                $"Workers:Outcomes:Retention must not be shorter than Workers:{(this.HasKafka() ? "Kafka" : "Log")}:Retention: a record read again would run again");
        }

        if (Api.Wait > Api.MaxWait)
        {
            yield return new("Workers:Api:Wait must be at most Workers:Api:WriteTimeout − 5 s, so that the answer still fits");
        }

        foreach (var (name, gateway) in Gateways.Where(g => g.Value.IsHttp && !IsHttpUrl(g.Value.Url)))
        {
            yield return new($"Workers:Gateways:{name}:Url must be an http or https address, not '{gateway.Url}'");
        }

        if (Notifications.Kind == "webhook" && !IsHttpUrl(Notifications.Url))
        {
            yield return new($"Workers:Notifications:Url must be an http or https address, not '{Notifications.Url}'");
        }
    }

    private static bool IsHttpUrl(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && (url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps);
}
