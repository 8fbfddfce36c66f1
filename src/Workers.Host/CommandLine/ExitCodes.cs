namespace Workers.Host.CommandLine;

/// <summary>What scripts may rely on.</summary>
internal static class ExitCodes
{
    public const int Ok = 0;

    public const int Failed = 1;

    /// <summary>The command line or the configuration cannot be used.</summary>
    public const int Usage = 2;

    /// <summary>What is needed is not to be had: a directory in use, a file that cannot be opened, a port taken, no process answering.</summary>
    public const int Unavailable = 5;
}
