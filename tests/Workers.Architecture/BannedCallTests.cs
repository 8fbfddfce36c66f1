using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using NUnit.Framework;
using Shouldly;

namespace Workers.Architecture;

/// <summary>What the product never calls, read from the built assemblies: neither a comment nor a name that looks alike deceives it.</summary>
[Parallelizable(ParallelScope.All)]
public sealed class BannedCallTests
{
    private static readonly HashSet<string> Banned =
    [
        // The clock is a TimeProvider.
        "System.DateTime.get_Now", "System.DateTime.get_UtcNow", "System.DateTime.get_Today",
        "System.DateTimeOffset.get_Now", "System.DateTimeOffset.get_UtcNow",

        // Nobody blocks a thread of the pool; threads of our own wait on signals.
        "System.Threading.Thread.Sleep", "System.Threading.Tasks.Task.Wait", "System.Threading.Tasks.Task.WaitAll", "System.Threading.Tasks.Task.WaitAny",
        "System.Threading.Tasks.Task`1.get_Result", "System.Threading.Tasks.ValueTask`1.get_Result",

        // An async void method, whose exception ends the process.
        "System.Runtime.CompilerServices.AsyncVoidMethodBuilder.Create",

        "System.NotImplementedException..ctor",

        // Compiled into the configuration FailPoints alone.
        "Workers.Engine.Faults.FailPoint.Hit",
    ];

    private static readonly string[] Projects = [.. Product.Assemblies.Select(a => a.GetName().Name!)];

    [TestCaseSource(nameof(Projects))]
    public void A_project_calls_nothing_that_is_banned(string project) =>
        CallsOf(Product.Assembly(project).Location).Intersect(Banned).ShouldBeEmpty();

    [Test]
    public void A_banned_call_would_be_found()
    {
        var calls = CallsOf(Assembly.GetExecutingAssembly().Location).ToHashSet();

        calls.ShouldContain("System.DateTime.get_UtcNow");
        calls.ShouldContain("System.Threading.Tasks.Task`1.get_Result");
        Sample(Task.FromResult(new DateTime(2000, 1, 1, 0, 0, 0, DateTimeKind.Utc))).ShouldBeTrue();
    }

    private static bool Sample(Task<DateTime> task) => task.Result < DateTime.UtcNow;

    private static IEnumerable<string> CallsOf(string path)
    {
        using var file = new PEReader(File.OpenRead(path));
        var metadata = file.GetMetadataReader();
        return [.. metadata.MemberReferences.Select(metadata.GetMemberReference)
            .Select(m => TypeOf(metadata, m.Parent) is { } type ? $"{type}.{metadata.GetString(m.Name)}" : null)
            .OfType<string>()];
    }

    private static string? TypeOf(MetadataReader metadata, EntityHandle parent)
    {
        switch (parent.Kind)
        {
            case HandleKind.TypeReference:
                var type = metadata.GetTypeReference((TypeReferenceHandle)parent);
                return $"{metadata.GetString(type.Namespace)}.{metadata.GetString(type.Name)}";
            case HandleKind.TypeSpecification:
                // GENERICINST (CLASS | VALUETYPE) type …: the type is what matters.
                var signature = metadata.GetBlobReader(metadata.GetTypeSpecification((TypeSpecificationHandle)parent).Signature);
                if (signature.ReadSignatureTypeCode() != SignatureTypeCode.GenericTypeInstance)
                {
                    return null;
                }

                signature.ReadCompressedInteger();
                return signature.ReadTypeHandle() is { Kind: HandleKind.TypeReference } handle ? TypeOf(metadata, handle) : null;
            default:
                return null;
        }
    }
}
