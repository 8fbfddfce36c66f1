using System.Collections.Frozen;

namespace Workers.Contracts.Headers;

/// <summary>Names of the headers on Kafka: CloudEvents 1.0 binary mode, its extensions, and ours.</summary>
public static class HeaderNames
{
    private static readonly string[] Names =
    [
        "", "ce_type", "ce_source", "workers-door", "workers-command-id", "workers-caller-key", "ce_correlationid", "ce_causationid",
        "traceparent", "tracestate", "workers-flow", "workers-shard", "workers-seq", "workers-replay", "content-type",
        "MT-Scheduling-TokenId", "workers-user-id", "workers-command", "workers-version", "workers-entity", "ce_origin",
        "workers-fingerprint", "workers-schedule-id", "workers-reason", "workers-client-address", "workers-user-agent",
        "workers-expected-version", "workers-receiver", "workers-completed", "workers-unreadable", "workers-due", "workers-schedule-waits",
    ];

    private static readonly FrozenDictionary<string, HeaderName> ByName =
        Enum.GetValues<HeaderName>().Skip(1).ToFrozenDictionary(n => Names[(int)n], StringComparer.OrdinalIgnoreCase);

    public static string Of(HeaderName name) => Names[(int)name];

    public static HeaderName Find(string name) => ByName.GetValueOrDefault(name, HeaderName.Other);
}
