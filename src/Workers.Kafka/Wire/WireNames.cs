namespace Workers.Kafka.Wire;

/// <summary>Headers that are parts of the record itself and never stand among its others.</summary>
internal static class WireNames
{
    public const string SpecVersion = "ce_specversion";
    public const string Id = "ce_id";
    public const string Time = "ce_time";

    /// <summary>Our id: a record without it was put here by another system.</summary>
    public const string OurId = "workers-id";

    /// <summary>The start of headers that mean something to the platform: another system's are dropped.</summary>
    public const string Ours = "workers-";

    public static bool IsOfRecord(string name) => name is SpecVersion or Id or Time or OurId;
}
