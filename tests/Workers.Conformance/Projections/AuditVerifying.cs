using Workers.Engine.Projections;

namespace Workers.Conformance.Projections;

internal static class AuditVerifying
{
    /// <summary>What is wrong with the whole trail.</summary>
    public static async Task<IReadOnlyList<AuditBreak>> VerifyAsync(this IAuditStore store, CancellationToken cancellation) =>
        (await store.VerifyAsync(AuditDays.All, null, cancellation)).Breaks;
}
