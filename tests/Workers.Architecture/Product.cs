using System.Reflection;

namespace Workers.Architecture;

/// <summary>The built assemblies of <c>src</c>.</summary>
internal static class Product
{
    public static IReadOnlyList<Assembly> Assemblies { get; } =
        [.. Repository.Files("src", "*.csproj").Select(p => System.Reflection.Assembly.Load(Path.GetFileNameWithoutExtension(p)))];

    /// <summary>Types that somebody wrote, not the compiler.</summary>
    public static IEnumerable<Type> Types =>
        Assemblies.SelectMany(a => a.GetTypes()).Where(t => !t.Name.Contains('<') && t.DeclaringType?.Name.Contains('<') != true
            && t.Namespace?.StartsWith("Workers.", StringComparison.Ordinal) == true);

    public static Assembly Assembly(string name) => Assemblies.Single(a => a.GetName().Name == name);
}
