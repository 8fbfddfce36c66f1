namespace Workers.Contracts.Commands;

/// <summary>The forms in which an order may be written; a rule holds in all of them unless it says otherwise.</summary>
[Flags]
public enum Forms
{
    /// <summary>At the general doors, in the log, between programs.</summary>
    Loose = 1,

    /// <summary>At <c>/orders</c> with <c>user_id</c> alone.</summary>
    Orders = 2,

    /// <summary>At <c>/orders</c> with <c>customer_id</c> or <c>shipping_address</c>.</summary>
    Strict = 4,

    All = Loose | Orders | Strict,
}
