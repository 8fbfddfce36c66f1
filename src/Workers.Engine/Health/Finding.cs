namespace Workers.Engine.Health;

/// <summary>What <c>doctor</c> has found about one thing.</summary>
public enum FindingState
{
    Ok,

    /// <summary>It works, but somebody should know.</summary>
    Warning,

    /// <summary>The program does not start, or does not do all it is there for.</summary>
    Failed,
}

/// <param name="Check">What was looked at, such as <c>mysql grants</c>.</param>
/// <param name="Detail">What is so. Never a secret.</param>
/// <param name="Remedy">What to do about it; null where nothing is to be done.</param>
public sealed record Finding(string Check, FindingState State, string Detail, string? Remedy = null)
{
    public static Finding Good(string check, string detail) => new(check, FindingState.Ok, detail);

    public static Finding Doubtful(string check, string detail, string remedy) => new(check, FindingState.Warning, detail, remedy);

    public static Finding Bad(string check, string detail, string remedy) => new(check, FindingState.Failed, detail, remedy);

    /// <summary>How far a server's clock is from this machine's.</summary>
    /// <param name="serverMs">What it said, in milliseconds since 1970.</param>
    /// <param name="beforeMs">Our clock before it was asked.</param>
    /// <param name="afterMs">Our clock after it has answered.</param>
    public static Finding Clock(string server, long serverMs, long beforeMs, long afterMs)
    {
        var off = serverMs < beforeMs ? beforeMs - serverMs : Math.Max(0, serverMs - afterMs);
        return off < MuchMs
            ? Good($"{server} clock", off == 0 ? "as this machine's" : $"{off} ms from this machine's")
            : Doubtful($"{server} clock", $"{off / 1_000.0:0.0} s from this machine's", "Have all machines follow one time server (NTP): times in lists and lag in seconds are off by so much.");
    }

    private const long MuchMs = 1_000;
}
