namespace Workers.Engine.Identity;

/// <summary>What proxies add to a request that they pass on; one that adds none of it cannot be seen.</summary>
public static class PassedOn
{
    public static IReadOnlyList<string> Headers { get; } =
        ["X-Forwarded-For", "Forwarded", "X-Real-IP", "Via", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Server"];
}
