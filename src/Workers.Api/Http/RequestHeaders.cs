using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Workers.Api.Http;

/// <summary>Headers that doors read.</summary>
internal static class RequestHeaders
{
    private const int MaxKey = 255;

    /// <summary>The caller's key, without quotes; null where there is none.</summary>
    /// <exception cref="ProblemException">It is not 1 to 255 printable characters.</exception>
    public static string? IdempotencyKey(HttpRequest request)
    {
        var header = request.Headers["Idempotency-Key"];
        if (header.Count == 0)
        {
            return null;
        }

        var key = header.ToString().Trim();
        if (key.Length >= 2 && key[0] == '"' && key[^1] == '"')
        {
            key = key[1..^1];
        }

        if (header.Count > 1 || key.Length is 0 or > MaxKey || key.AsSpan().ContainsAnyExceptInRange(' ', '~'))
        {
            throw new ProblemException(Problem.Validation($"Idempotency-Key must be 1 to {MaxKey} printable characters"));
        }

        return key;
    }

    /// <summary>The version that <c>If-Match</c> asks for; null for any.</summary>
    /// <exception cref="ProblemException">It is no tag of ours, so nothing can match it (412).</exception>
    public static long? ExpectedVersion(HttpRequest request)
    {
        var header = request.Headers.IfMatch;
        return header.Count == 0 || header.ToString().Trim() == "*" ? null
            : VersionOf(header.ToString()) ?? throw new ProblemException(new Problem(
                StatusCodes.Status412PreconditionFailed, "PRECONDITION_FAILED", "If-Match names no version of this resource"));
    }

    /// <summary>Whether one of <c>If-None-Match</c>'s tags is this version.</summary>
    public static bool HasVersion(HttpRequest request, long version)
    {
        foreach (var line in request.Headers.IfNoneMatch)
        {
            foreach (var part in line.AsSpan().Split(','))
            {
                if (line.AsSpan(part).Trim() is "*" || VersionOf(line.AsSpan(part)) == version)
                {
                    return true;
                }
            }
        }

        return false;
    }

    public static string Tag(long version) => string.Create(CultureInfo.InvariantCulture, $"\"{version}\"");

    private static long? VersionOf(ReadOnlySpan<char> tag)
    {
        tag = tag.Trim();
        tag = tag.StartsWith("W/") ? tag[2..] : tag;
        return tag.Length > 2 && tag[0] == '"' && tag[^1] == '"' && long.TryParse(tag[1..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var version)
            ? version
            : null;
    }
}
