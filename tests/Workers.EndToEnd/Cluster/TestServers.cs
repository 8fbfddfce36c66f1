using NUnit.Framework;

namespace Workers.EndToEnd.Cluster;

/// <summary>What a test needs and does not bring along.</summary>
internal static class TestServers
{
    /// <summary>The variable's value; the test is skipped where there is none.</summary>
    public static string Named(string variable)
    {
        var value = Environment.GetEnvironmentVariable(variable);
        if (string.IsNullOrEmpty(value))
        {
            Assert.Ignore($"{variable} is not set: it names what this test runs against");
        }

        return value!;
    }
}
