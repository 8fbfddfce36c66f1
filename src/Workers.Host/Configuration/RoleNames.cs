namespace Workers.Host.Configuration;

/// <summary>What a process can do; each is composed in a file of its own under <c>Roles/</c>.</summary>
internal static class RoleNames
{
    public const string Everything = "all";

    public static readonly IReadOnlyList<string> All = ["api", "commands", "sagas", "effects", "projections", "audit", "feeds"];
}
