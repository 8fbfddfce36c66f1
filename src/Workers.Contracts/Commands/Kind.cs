namespace Workers.Contracts.Commands;

/// <summary>The eight kinds by which commands are counted, paused and broken off.</summary>
public static class Kind
{
    public const string User = "user";
    public const string Order = "order";
    public const string Payment = "payment";
    public const string Refund = "refund";
    public const string Inventory = "inventory";
    public const string Notification = "notification";
    public const string Audit = "audit";
    public const string System = "system";
}
