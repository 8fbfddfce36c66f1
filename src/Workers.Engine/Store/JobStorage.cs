using System.Data.Common;

namespace Workers.Engine.Store;

/// <summary>Where the scheduler keeps when it wakes: beside the state. Of no more than that: which times fire is decided, and kept, with the state itself.</summary>
/// <param name="Factory">Of the database's client.</param>
/// <param name="IsShared">Several processes use it, and watch each other; else it is this process's own.</param>
public sealed record JobStorage(DbProviderFactory Factory, string ConnectionString, bool IsShared);
