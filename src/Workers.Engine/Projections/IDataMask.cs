namespace Workers.Engine.Projections;

/// <summary>Hides values that nobody should read from what is shown of commands and events.</summary>
public interface IDataMask
{
    /// <summary>The same JSON without those values.</summary>
    /// <param name="json">One JSON object.</param>
    /// <param name="type">The command or event it is; null where only the list counts.</param>
    /// <exception cref="System.Text.Json.JsonException">It is no JSON object.</exception>
    byte[] Apply(ReadOnlyMemory<byte> json, Type? type);
}
