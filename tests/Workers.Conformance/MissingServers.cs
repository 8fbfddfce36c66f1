using NUnit.Framework;

namespace Workers.Conformance;

/// <summary>Says once which variables would switch on the tests that are skipped.</summary>
[SetUpFixture]
public sealed class MissingServers
{
    [OneTimeSetUp]
    public void Say()
    {
        foreach (var name in new[] { "WORKERS_TEST_KAFKA", "WORKERS_TEST_MYSQL", "WORKERS_TEST_MONGODB", "WORKERS_TEST_REDIS" })
        {
            if (string.IsNullOrEmpty(Environment.GetEnvironmentVariable(name)))
            {
                TestContext.Error.WriteLine($"{name} is not set: what needs that server is skipped.");
            }
        }
    }
}
