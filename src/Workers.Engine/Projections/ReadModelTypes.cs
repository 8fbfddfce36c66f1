namespace Workers.Engine.Projections;

/// <summary>Names of the read models: with an entity's id they are the key of <see cref="ReadModel"/>.</summary>
public static class ReadModelTypes
{
    public const string User = "UserReadModel";
    public const string Order = "OrderReadModel";
    public const string Payment = "PaymentReadModel";
    public const string Product = "ProductReadModel";
}
