using System.ComponentModel.DataAnnotations;
using Workers.Contracts.Events;
using Workers.Contracts.Reading;
using CommandCatalog = Workers.Contracts.Commands.CommandCatalog;
using IdRules = Workers.Contracts.Commands.IdRules;

namespace Workers.Engine.Options;

/// <summary><c>Workers:Cqrs</c>: the doors of document 001, <c>/api/v1/cqrs</c>.</summary>
public sealed class CqrsOptions : IValidatableObject
{
    /// <summary>How <c>/api/v1/cqrs/health</c> and <c>/stats</c> call it. Default <c>CQRS Service</c>.</summary>
    [Required]
    public string Name { get; set; } = "CQRS Service";

    /// <summary>Told in <c>/stats</c>. Default <c>1.0.0</c>.</summary>
    public string Version { get; set; } = "1.0.0";

    /// <summary>Told in <c>/stats</c>.</summary>
    public string Description { get; set; } = "CQRS service for handling commands, queries, and events";

    /// <summary>Finished commands that its list keeps. Nothing is refused for this limit or the next three. Default 1,000.</summary>
    [Range(1, 1_000_000)]
    public int MaxCommands { get; set; } = 1_000;

    /// <summary>Queries that stay readable by their id, in each process that serves. Default 1,000.</summary>
    [Range(1, 1_000_000)]
    public int MaxQueries { get; set; } = 1_000;

    /// <summary>Events that its list keeps; those of the event store are kept for ever. Default 10,000.</summary>
    [Range(1, 1_000_000)]
    public int MaxEvents { get; set; } = 10_000;

    /// <summary>Saved read models that are kept; those that events make are not counted. Default 10,000.</summary>
    [Range(1, 10_000_000)]
    public int MaxReadModels { get; set; } = 10_000;

    /// <summary>How often the lists are cut to their limits. Default 1 h.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "7.00:00:00")]
    public TimeSpan CleanupInterval { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Whether <see cref="ValidationRules"/> hold; the commands' own rules always do. Default true.</summary>
    public bool ValidationEnabled { get; set; } = true;

    /// <summary>Whether queries are answered from the cache. Default true.</summary>
    public bool CachingEnabled { get; set; } = true;

    /// <summary>Whether there are <c>/stats</c> and the components of <c>/health</c>. Default true.</summary>
    public bool MonitoringEnabled { get; set; } = true;

    /// <summary>Whether what is asked at these doors gets a row of its own in the audit trail; what it changes, and what administrators do, always does. Default true.</summary>
    public bool AuditingEnabled { get; set; } = true;

    /// <summary>Commands that may be sent; those of registered handlers too.</summary>
    [MinLength(1)]
    public IReadOnlyList<string> SupportedCommandTypes { get; set; } =
        ["CreateUser", "UpdateUser", "DeleteUser", "CreateOrder", "UpdateOrder", "CancelOrder", "ProcessPayment", "RefundPayment"];

    /// <summary>Queries that may be asked; those of registered handlers too.</summary>
    [MinLength(1)]
    public IReadOnlyList<string> SupportedQueryTypes { get; set; } =
        ["GetUser", "ListUsers", "GetOrder", "ListOrders", "GetPayment", "ListPayments", "GetUserOrders", "GetOrderPayments"];

    /// <summary>Events that may be posted; those of registered handlers too.</summary>
    [MinLength(1)]
    public IReadOnlyList<string> SupportedEventTypes { get; set; } =
        ["UserCreated", "UserUpdated", "UserDeleted", "OrderCreated", "OrderUpdated", "OrderCancelled", "PaymentProcessed", "PaymentRefunded"];

    /// <summary>Read models that may be saved.</summary>
    [MinLength(1)]
    public IReadOnlyList<string> SupportedReadModelTypes { get; set; } =
        ["UserReadModel", "OrderReadModel", "PaymentReadModel", "UserOrderReadModel", "OrderPaymentReadModel", "ProductReadModel"];

    public CqrsRules ValidationRules { get; set; } = new();

    public CqrsMetadata Metadata { get; set; } = new();

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        const string section = "Workers:Cqrs";
        foreach (var type in SupportedCommandTypes.Where(type => CommandCatalog.Find(type) is not { IsInternal: false }))
        {
            yield return new($"{section}:SupportedCommandTypes names '{type}', which is no command; others come by registering a handler");
        }

        foreach (var type in SupportedEventTypes.Where(type => !OpenEvents.IsOne(type)))
        {
            yield return new($"{section}:SupportedEventTypes names '{type}', which only the platform itself tells of, or which is no name");
        }

        foreach (var type in SupportedQueryTypes.Concat(SupportedReadModelTypes).Where(type => !IdRules.IsId(type)))
        {
            yield return new($"{section} names the type '{type}', which is no name");
        }

        foreach (var error in ValidationRules.Errors())
        {
            yield return new($"{section}:ValidationRules:{error}");
        }
    }

    /// <summary>The rules of the doors; null where they are off.</summary>
    public DoorRules? Rules() => ValidationEnabled ? ValidationRules.ToRules() : null;

    /// <summary>What it is told with: attributes of its telemetry, and members of <c>/stats</c>.</summary>
    public sealed class CqrsMetadata
    {
        /// <summary>Default <c>development</c>.</summary>
        public string Environment { get; set; } = "development";

        /// <summary>Default <c>us-east-1</c>.</summary>
        public string Region { get; set; } = "us-east-1";

        /// <summary>Default <c>backend</c>.</summary>
        public string Team { get; set; } = "backend";

        /// <summary>Default <c>cqrs-service</c>.</summary>
        public string Project { get; set; } = "cqrs-service";
    }
}
