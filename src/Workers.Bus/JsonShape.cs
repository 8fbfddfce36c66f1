using System.Text.Json.Serialization.Metadata;

namespace Workers.Bus;

/// <summary>How a message is read from JSON and its result written: source-generated metadata, so nothing is looked up by reflection.</summary>
/// <param name="Message">Of the command or query.</param>
/// <param name="Answer">Of what its handler returns.</param>
public sealed record JsonShape<TMessage, TResult>(JsonTypeInfo<TMessage> Message, JsonTypeInfo<TResult> Answer);
