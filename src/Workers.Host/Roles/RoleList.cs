using Workers.Host.Configuration;

namespace Workers.Host.Roles;

/// <summary>What each role adds to the process.</summary>
internal static class RoleList
{
    private static readonly Dictionary<string, Action<IServiceCollection>> Adds = new(StringComparer.Ordinal)
    {
        ["api"] = ApiRole.Add,
        ["scheduler"] = SchedulerRole.Add,
        ["commands"] = CommandsRole.Add,
        ["sagas"] = SagasRole.Add,
        ["effects"] = EffectsRole.Add,
        ["projections"] = FollowerRoles.AddProjections,
        ["audit"] = FollowerRoles.AddAudit,
        ["metrics"] = FollowerRoles.AddMetrics,
        ["feeds"] = FollowerRoles.AddFeeds,
    };

    /// <param name="services">Where to.</param>
    /// <param name="chosen">Names of roles.</param>
    /// <param name="briefly">Only what makes and revokes keys.</param>
    public static void Add(IServiceCollection services, IReadOnlyList<string> chosen, bool briefly)
    {
        if (briefly)
        {
            ApiRole.Add(services);
            CommandsRole.AddControl(services);
            return;
        }

        foreach (var role in RoleNames.All.Where(r => Has(chosen, r)))
        {
            Adds[role](services);
        }
    }

    public static bool Has(IReadOnlyList<string> chosen, string role) => chosen.Contains(role) || chosen.Contains(RoleNames.Everything);
}
