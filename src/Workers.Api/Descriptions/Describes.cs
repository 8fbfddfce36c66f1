using Microsoft.AspNetCore.Builder;
using Workers.Contracts.Commands;
using Workers.Contracts.Reading;

namespace Workers.Api.Descriptions;

/// <summary>
/// What an endpoint is for those who call it: metadata beside its route, from which <c>/openapi/v1.json</c> is made. A new endpoint says it in one line,
/// <c>.Describe(Describes.One&lt;Shape&gt;("What it answers"))</c>: its bodies, answers and query are records in <c>Shapes/</c>, or commands of the catalog, whose members,
/// rules and comments are the schema; path parameters, common headers and problems follow from the route. A test fails for a path without it, and another calls every
/// operation and compares what comes with what is said here.
/// </summary>
/// <param name="Summary">One sentence without a full stop.</param>
internal sealed record Describes(string Summary)
{
    /// <summary>A record of the body's members; null for none, or where <see cref="Commands"/> are the body.</summary>
    public Type? Body { get; init; }

    /// <summary>The body must be there.</summary>
    public bool NeedsBody { get; init; }

    /// <summary>Commands that the body may be.</summary>
    public IReadOnlyList<CommandInfo> Commands { get; init; } = [];

    /// <summary>The door, where commands have rules of its own; null where there are none.</summary>
    public DescribedDoor? Door { get; init; }

    /// <summary>What success is, by status; a null body is none.</summary>
    public IReadOnlyList<(int Status, Type? Body)> Answers { get; init; } = [];

    /// <summary>A record of the query's members; null for none.</summary>
    public Type? Query { get; init; }

    /// <summary>Names in the query that are compared with the members of the same names.</summary>
    public IReadOnlyList<string> Filters { get; init; } = [];

    /// <summary>Statuses of problems that are its own, beside those that follow from its route.</summary>
    public IReadOnlyList<int> Refusals { get; init; } = [];

    /// <summary>It appends a command: <c>Prefer</c>, <c>Idempotency-Key</c>, <c>reason</c>, and 202 with the command where it is not done yet.</summary>
    public bool IsWrite { get; init; }

    /// <summary>The body's command is about the path's id.</summary>
    public bool IsKeyed { get; init; }

    /// <summary>A resource with a version: <c>ETag</c>, and <c>If-Match</c> or <c>If-None-Match</c>.</summary>
    public bool IsVersioned { get; init; }

    /// <summary>Its <c>ETag</c> is of its bytes: 304 for whoever knows them.</summary>
    public bool IsDocument { get; init; }

    /// <summary>What is no JSON: the media type of its success.</summary>
    public string? MediaType { get; init; }

    /// <summary>One thing, by the path.</summary>
    public static Describes One<TAnswer>(string summary) => new(summary) { Answers = [(200, typeof(TAnswer))] };

    /// <summary>A page of things.</summary>
    public static Describes List<TItem>(string summary) => One<Page<TItem>>(summary) with { Query = typeof(Paging) };

    /// <summary>The same with filters: a record of them.</summary>
    public static Describes List<TItem, TQuery>(string summary) => One<Page<TItem>>(summary) with { Query = typeof(TQuery) };

    /// <summary>A command that the door makes of the path and a small body, which may be left out.</summary>
    public static Describes Write<TBody, TAnswer>(string summary) => new(summary)
    {
        Body = typeof(TBody),
        Answers = [(200, typeof(TAnswer)), (202, typeof(CommandShape))],
        Refusals = [409, 422],
        IsWrite = true,
    };

    /// <summary>Any command that callers may send.</summary>
    public static Describes Executes(string summary) => new(summary)
    {
        Commands = [.. CommandCatalog.All.Where(info => !info.IsInternal)],
        Answers = [(200, typeof(ResultShape)), (201, typeof(ResultShape)), (202, typeof(CommandShape)), (204, null)],
        Refusals = [404, 409, 412, 422],
        IsWrite = true,
    };

    /// <summary>How the program is, or a part of it; the same if it is not well.</summary>
    public static Describes Health<TAnswer>(string summary) => new(summary) { Answers = [(200, typeof(TAnswer)), (503, typeof(TAnswer))] };

    /// <summary>What somebody makes, found under its own path then.</summary>
    public static Describes Make<TBody, TAnswer>(string summary) => Write<TBody, TAnswer>(summary) with { Answers = [(201, typeof(TAnswer)), (202, typeof(CommandShape))] };

    /// <summary>Something done at once, without a command.</summary>
    public static Describes Do<TBody, TAnswer>(string summary) => One<TAnswer>(summary) with { Body = typeof(TBody) };
}

/// <summary>A door with rules of its own for commands.</summary>
/// <param name="Name">Stands before the names of its commands' schemas.</param>
internal sealed record DescribedDoor(string Name, DoorRules? Rules)
{
    /// <summary>Document 001's.</summary>
    public const string Cqrs = "Cqrs";

    /// <summary>A schema's name as other doors have it.</summary>
    public static string Without(string schema) => schema.StartsWith(Cqrs, StringComparison.Ordinal) ? schema[Cqrs.Length..] : schema;
}

internal static class DescribingRoutes
{
    public static T Describe<T>(this T endpoint, Describes says)
        where T : IEndpointConventionBuilder => endpoint.WithMetadata(says);
}
