using NUnit.Framework;
using NUnit.Framework.Interfaces;
using NUnit.Framework.Internal;

namespace Workers.EndToEnd.Running;

/// <summary>Takes long for what it adds to others like it: run by <c>.ci/run</c>, and where <c>WORKERS_LONG=1</c> says so. The quick run stays quick.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
internal sealed class LongAttribute : NUnitAttribute, IApplyToTest
{
    private const string Variable = "WORKERS_LONG";

    public void ApplyToTest(Test test)
    {
        if (test.RunState == RunState.Runnable && Environment.GetEnvironmentVariable(Variable) != "1")
        {
            test.RunState = RunState.Ignored;
            test.Properties.Set(PropertyNames.SkipReason, $"{Variable}=1 runs it: it takes long.");
        }
    }
}
