namespace Workers.Host.Configuration;

/// <summary>What a process can do; each is composed in a file of its own under <c>Roles/</c>.</summary>
internal static class RoleNames
{
    public const string Everything = "all";

    public static readonly IReadOnlyList<string> All = ["api", "scheduler", "commands", "sagas", "effects", "projections", "audit", "metrics", "feeds"];

    /// <summary>The groups in which processes read the log: a role's each, but for the doors', and what every worker hears.</summary>
    public static readonly IReadOnlyList<string> Groups = [.. All.Where(role => role is not ("api" or "scheduler")), "control"];

    /// <summary>Those of them that execute what was accepted; the others follow.</summary>
    public static readonly IReadOnlyList<string> Executing = ["commands", "sagas", "effects", "control"];

    /// <summary>Those of them that a process with these roles serves.</summary>
    public static IReadOnlyList<string> GroupsOf(IReadOnlyList<string> roles) =>
        [.. Groups.Where(group => roles.Contains(Everything) || roles.Contains(group == "control" ? "commands" : group))];
}
