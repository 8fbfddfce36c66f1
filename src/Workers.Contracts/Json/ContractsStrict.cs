using System.Text.Json;
using System.Text.Json.Serialization;

namespace Workers.Contracts.Json;

/// <summary>The same, as a request's body is read: unknown and repeated members and nulls where there must be a value are errors.</summary>
internal static class ContractsStrict
{
    public static JsonSerializerOptions Options { get; } = new(ContractsJson.Default.Options)
    {
        TypeInfoResolver = ContractsJson.Default,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        AllowDuplicateProperties = false,
        RespectNullableAnnotations = true,
        MaxDepth = 64,
    };
}
