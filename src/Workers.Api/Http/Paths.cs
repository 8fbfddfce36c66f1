using Microsoft.AspNetCore.Http;
using Workers.Contracts.Commands;

namespace Workers.Api.Http;

/// <summary>Ids in paths.</summary>
internal static class Paths
{
    /// <summary>The route's <c>{id}</c>.</summary>
    /// <param name="http">The request.</param>
    /// <param name="name">How the id is called in the problem.</param>
    /// <exception cref="ProblemException">It is no id: 400.</exception>
    public static string Id(HttpContext http, string name)
    {
        var id = (string?)http.Request.RouteValues["id"];
        return IdRules.IsId(id) ? id! : throw new ProblemException(Problem.BadId(name));
    }

    /// <summary>An id of ours.</summary>
    /// <param name="http">The request.</param>
    /// <param name="what">What is not found where it is none.</param>
    public static Guid Ours(HttpContext http, string what) =>
        Guid.TryParse((string?)http.Request.RouteValues["id"], out var id) ? id : throw new ProblemException(Problem.NotFound(what));
}
