namespace Workers.Engine.Identity;

/// <summary>
/// What a caller may do. <see cref="Viewer"/> reads; <see cref="Submitter"/> sends commands and writes resources; <see cref="Operator"/> has the queue, schedules,
/// handlers, dead letters, pauses and flows that are stuck; <see cref="Admin"/> everything, keys too.
/// </summary>
[Flags]
public enum Role
{
    None = 0,
    Viewer = 1,
    Submitter = 2,
    Operator = 4,
    Admin = 8,
}

/// <summary>Which roles an endpoint takes: a caller who has one of them.</summary>
/// <param name="AnyOf"><see cref="Role.None"/>: everybody, known or not.</param>
public sealed record Needs(Role AnyOf)
{
    /// <summary>Open to whoever reaches the address.</summary>
    public static Needs Nothing { get; } = new(Role.None);
}

/// <summary>Roles by their names.</summary>
public static class Roles
{
    private static readonly (string Name, Role Role, Role Grants)[] All =
    [
        ("viewer", Role.Viewer, Role.Viewer),
        ("submitter", Role.Submitter, Role.Submitter | Role.Viewer),
        ("operator", Role.Operator, Role.Operator | Role.Viewer),
        ("admin", Role.Admin, Everything),
    ];

    public const Role Everything = Role.Viewer | Role.Submitter | Role.Operator | Role.Admin;

    public static IReadOnlyList<string> Names { get; } = [.. All.Select(one => one.Name)];

    /// <summary>All that these names allow; names that are none allow nothing.</summary>
    public static Role Granted(IEnumerable<string> names) => names.Aggregate(Role.None, static (granted, name) => granted | Array.Find(All, one => one.Name == name).Grants);

    /// <summary>Such as <c>submitter or operator</c>.</summary>
    public static string Said(Role roles, string between = " or ") => string.Join(between, All.Where(one => (roles & one.Role) != 0).Select(one => one.Name));
}
