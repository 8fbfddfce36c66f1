using NUnit.Framework;
using NUnit.Framework.Interfaces;
using NUnit.Framework.Internal;

namespace Workers.Conformance.MySql;

/// <summary>Ignores a fixture where <c>WORKERS_TEST_MYSQL</c> names no server (a connection string, of an account that may make databases).</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class NeedsMySqlAttribute : NUnitAttribute, IApplyToTest
{
    public const string Variable = "WORKERS_TEST_MYSQL";

    public void ApplyToTest(Test test)
    {
        if (string.IsNullOrEmpty(Environment.GetEnvironmentVariable(Variable)))
        {
            test.RunState = RunState.Ignored;
            test.Properties.Set(PropertyNames.SkipReason, $"{Variable} is not set: the connection string of a MySQL or MariaDB server.");
        }
    }
}
