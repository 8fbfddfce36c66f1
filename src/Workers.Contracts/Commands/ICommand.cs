namespace Workers.Contracts.Commands;

/// <summary>
/// Something a caller asks for. Imperative names; one record each, found in <see cref="CommandCatalog"/>. Its texts are never null
/// where their type says so: the JSON reader sets absent members to null, whatever their initial value, so they guard themselves.
/// </summary>
public interface ICommand
{
}

/// <summary>A record whose rules reach over more than one of its members.</summary>
public interface IChecked
{
    /// <summary>Adds what is wrong with the members together; the rules of each member alone stand in its attributes.</summary>
    void Check(Violations violations);
}

/// <summary>A command that may say which version of its entity it was made for.</summary>
public interface IVersioned
{
    /// <summary>The version that must be there, from 1; null for any.</summary>
    long? ExpectedVersion { get; }
}
